"""What every page stands on: layout, macros, forms, paging, errors, languages in addresses, security headers.

It knows no feature: what a feature shows in the layout is registered by the feature's wiring.
"""
