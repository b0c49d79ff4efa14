dashboard = {"title": "Made"}
