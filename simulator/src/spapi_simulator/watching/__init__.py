"""The simulator over HTTP: the server, its control API, and a page that shows the world."""
