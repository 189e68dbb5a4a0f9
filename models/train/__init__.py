"""The recipe of the shipped models: folders of public data in, weights, a model card and a table of results out.

`python -m models.train --help` says where the data comes from. Nothing here is imported when the service runs.
"""
