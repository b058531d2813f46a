"""The tree of territories (transnational, national, regional, local) and the roles people hold in it or in
a group.
"""
