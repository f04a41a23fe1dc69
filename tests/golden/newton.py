def newton_grad(a, x):
    test_saved = []
    x_saved = []
    steps = 0
    trips = 0
    while abs(x * x - a) > 1e-12:
        trips = trips + 1
        test = steps == 50
        test_saved.append(test)
        if test:
            break
        else:
            x_saved.append(x)
            x = 0.5 * (x + a / x)
            steps = steps + 1
    # backward
    x_bar = 1.0
    a_bar = 0.0
    for _ in range(trips):
        if not test_saved.pop():
            t_1_bar = 0.5 * x_bar
            x = x_saved.pop()
            a_bar += t_1_bar / x
            x_bar = t_1_bar + t_1_bar * (-(a / x) / x)
    return float(a_bar)
