"""The graph over HTTP: the protocol for programs, pages for people."""
