"""What customers are worth today: concentration, RFM, pyramids, profit, simple value and its
parts.
"""
