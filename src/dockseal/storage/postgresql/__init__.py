"""PostgreSQL as Dockseal uses it: a Django backend, found by the name of this folder."""
