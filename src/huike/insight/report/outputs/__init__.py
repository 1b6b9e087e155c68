"""The report as a page, Word, PDF, workbook or plain values."""
