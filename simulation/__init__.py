"""A small made-up world of import trade that writes feeds in their wire forms, and the truth beside them."""
