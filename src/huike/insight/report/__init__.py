"""From any table of orders to the whole customer value report: clean, analyse, draw, write."""
