"""Forms that senders use: opening of files and archives, text, XML, CSV and JSON Lines."""
