"""A dated process that a group runs in a territory: phases, what people may do in each, templates to begin
from.
"""
