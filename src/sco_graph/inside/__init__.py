"""The pipeline inside a store: derive, reason and judge where the data is.

Small graphs have `days`, `reasoning` and `validation`, which read all into memory; here the
ontology and the shapes go to the data, as SPARQL, and only what is asked for comes back.
"""
