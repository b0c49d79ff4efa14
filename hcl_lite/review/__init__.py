"""Plans as people review them: one model of what is planned, from which every view is made.

`build.review` makes a `model.Review` of a plan, fresh or saved; `document` writes it as JSON, in the format of
`schema.json`. The views in `hcl_lite.cli.views` show it as text, Markdown and HTML, and policies ask it.
"""
