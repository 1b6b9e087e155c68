"""The desk: today, finding and going anywhere, help, and pages that say what went wrong."""
