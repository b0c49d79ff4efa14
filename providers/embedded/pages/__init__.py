"""Pages of the embedded server, to be looked at in a browser: no Grafana has them so. Its API does not know of them.

They are made of what is stored, whole, by templates; they have no scripts and load nothing from elsewhere.
"""
