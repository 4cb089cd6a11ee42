"""Tests of the graph over HTTP."""
