"""Tables and queries: the only room that knows the database. It never sees a recipient in clear."""
