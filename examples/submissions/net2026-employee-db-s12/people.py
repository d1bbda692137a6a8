ALL = [
    ("W1001", "Grünwald", "Zoë", 2016),
    ("W1002", "Petrov", "Ivan", 2003),
    ("W1003", "N'Diaye", "Awa", 2011),
    ("W1004", "García Márquez", "Luz", 1994),
    ("W1005", "Larsen", "Bo", 2020),
]
