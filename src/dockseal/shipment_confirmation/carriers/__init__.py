"""The carriers: whom a warehouse means by a name, and what Amazon calls them."""
