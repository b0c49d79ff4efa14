"""Fill-ins of Grafana's own editor at a save in which nobody has changed anything: known keys with known values.

fill_ins    whether what differs between two states of a dashboard is that, and nothing else
classic     the same for classic models
elements    the same for v2: elements in a layout
before      the same for the editors of 7.5 to 9
comparing   the steps that all take
defaults    what classic dashboards, their variables and all panels get or lose
panels      what panels of each type get
"""
