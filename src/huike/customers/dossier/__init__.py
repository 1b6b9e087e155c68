"""The four-part dossier (四部分档案): printed, kept in yearly volumes, its paper originals lent."""
