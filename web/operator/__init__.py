"""What the operator of a server has on pages: people, how the server is, and a look at its tables."""
