from tests.houses import city, make_house

__all__ = ["city", "make_house"]
