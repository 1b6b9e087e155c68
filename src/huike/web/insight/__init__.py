"""The insight pages: pictures of the scores, each mark of which leads down to its customers.

To add a page: (1) figures as functions of a `Question` in huike/analytics/figures/; (2) a module
here whose function takes an `Asked` and returns the template's context, with pictures made by
huike/ui/charts.py, wrapped in `insight_page` (frame.py), which adds the filter bar, the day, the
state of the runs and the empty page; (3) a template that extends web/insight/frame.html; (4) a line
in urls.py and one in menu.py. value.py is the shortest example.
"""
