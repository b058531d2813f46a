"""One index over everything people may look for, folded so that accents do not matter, filtered by who may
see.
"""
