"""A living example: the Danube tree, fictional people, real votes where a file is given."""
