"""Goods by their words: what tariff lines the words of descriptions were declared under, and which line other words speak for."""
