"""What customers will still buy: models of when they buy and leave, of what they spend, and their
value.
"""
