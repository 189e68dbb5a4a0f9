"""Pages for recruiters, who are no programs: what the API's own functions answer, as HTML.

A page asks what a route asks, by the same function, so that who may see what, what is written down and what is
refused is settled in one place. Here is only how it looks to a person (docs/decisions/0035-pages-for-recruiters.md).
"""
