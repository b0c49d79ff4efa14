"""Filling a snapshot: the panels' queries run as the frontend runs them, and what they gave put into the dashboard.

times      what "now-6h" is, and the interval of a panel's points
variables  template variables with their current values, in the format of each data source
sources    which data source a query means
panels     the panels of a dashboard, repeated ones made several
queries    which requests a panel makes
frames     what the answers become in the snapshot, as the frontend of 12.4 writes it
fill       the calls, and the snapshot that comes of them
"""
