"""What officers do with a shipment: claim it, put it off, decide on it, record what was found."""
