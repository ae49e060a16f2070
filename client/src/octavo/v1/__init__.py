"""The wire types, generated from protos/octavo/v1 by `make generate`: never edited by hand."""
