"""A recursive ray tracer: spheres, a floor and boxes, with lights, shadows, mirrors, glass and textures.

The algorithm is the classic one of Whitted (1980), as graphics courses teach it: a ray for each sample of each pixel,
the nearest hit, Phong's shading at it, a shadow ray to each light, then reflected and refracted rays by recursion.
"""

from __future__ import annotations

import enum
import functools
import math
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

EPSILON = 1e-6
BLACK = np.zeros(3)

Hit = namedtuple("Hit", "distance point normal material")


# --- vectors --------------------------------------------------------------------------------------


def unit(v):
    return v / np.sqrt(np.dot(v, v))


def reflected(direction, normal):
    return direction - 2.0 * np.dot(direction, normal) * normal


def refracted(direction, normal, ratio):
    """The direction behind a surface by Snell's law; None where all light is reflected."""
    cosine = -np.dot(direction, normal)
    under = 1.0 - ratio**2 * (1.0 - cosine**2)
    if under < 0.0:
        return None
    return ratio * direction + (ratio * cosine - math.sqrt(under)) * normal


def solve_quadratic(a, b, c):
    """Real solutions, the smaller one first."""
    discriminant = b * b - 4.0 * a * c
    if discriminant < 0.0:
        return []
    root = math.sqrt(discriminant)
    return sorted([(-b - root) / (2.0 * a), (-b + root) / (2.0 * a)])


@dataclass
class Ray:
    origin: np.ndarray
    direction: np.ndarray

    def at(self, t):
        return self.origin + t * self.direction


# --- what surfaces look like ----------------------------------------------------------------------


class Finish(enum.Enum):
    MATTE = "matte"
    MIRROR = "mirror"
    GLASS = "glass"


def plain(colour):
    """A texture of one colour."""

    def texture(point):
        return colour

    return texture


def checkered(even, odd, size=1.0):
    """A chess board in the plane of x and z."""

    def texture(point):
        square = math.floor(point[0] / size) + math.floor(point[2] / size)
        return even if square % 2 == 0 else odd

    return texture


def striped(colours, frequency):
    """Colours that fade into each other along y."""

    def texture(point):
        phase = 0.5 + 0.5 * math.sin(frequency * point[1])
        first, *_, last = colours
        return (1.0 - phase) * first + phase * last

    return texture


@dataclass
class Material:
    texture: Callable
    finish: Finish = Finish.MATTE
    diffuse: float = 0.8
    specular: float = 0.3
    shininess: float = 20.0
    reflection: float = 0.0
    index: float = 1.5

    def shade(self, point, normal, view, light, intensity):
        """Lambert's and Phong's terms for one light."""
        towards = unit(light.position - point)
        lambert = max(np.dot(normal, towards), 0.0)
        shine = max(np.dot(reflected(-towards, normal), view), 0.0)
        base = self.texture(point)
        return intensity * (self.diffuse * lambert * base * light.colour + self.specular * shine**self.shininess)


# --- shapes ---------------------------------------------------------------------------------------


class Shape:
    """Something that rays can hit."""

    def __init__(self, material):
        self.material = material

    def distances(self, ray):
        raise NotImplementedError

    def normal(self, point):
        raise NotImplementedError

    def hit(self, ray):
        """The nearest hit in front of the ray, or None."""
        for t in self.distances(ray):
            if t > EPSILON:
                point = ray.at(t)
                return Hit(t, point, self.normal(point), self.material)
        return None


class Sphere(Shape):
    def __init__(self, centre, radius, material):
        super().__init__(material)
        self.centre = centre
        self.radius = radius

    def distances(self, ray):
        offset = ray.origin - self.centre
        a = np.dot(ray.direction, ray.direction)
        b = 2.0 * np.dot(offset, ray.direction)
        c = np.dot(offset, offset) - self.radius**2
        return solve_quadratic(a, b, c)

    def normal(self, point):
        return (point - self.centre) / self.radius


class Plane(Shape):
    def __init__(self, height, material):
        super().__init__(material)
        self.height = height

    def distances(self, ray):
        slope = ray.direction[1]
        if abs(slope) < EPSILON:
            return []
        return [(self.height - ray.origin[1]) / slope]

    def normal(self, point):
        return np.array([0.0, 1.0, 0.0])


class Box(Shape):
    """A box along the axes, hit by the method of slabs."""

    def __init__(self, low, high, material):
        super().__init__(material)
        self.low, self.high = low, high

    def distances(self, ray):
        enter, leave = -math.inf, math.inf
        for axis in range(3):
            if abs(ray.direction[axis]) < EPSILON:
                if not self.low[axis] <= ray.origin[axis] <= self.high[axis]:
                    return []
                continue
            near = (self.low[axis] - ray.origin[axis]) / ray.direction[axis]
            far = (self.high[axis] - ray.origin[axis]) / ray.direction[axis]
            if near > far:
                near, far = far, near
            enter, leave = max(enter, near), min(leave, far)
            if enter > leave:
                return []
        return [enter, leave]

    def normal(self, point):
        middle = 0.5 * (self.low + self.high)
        scaled = (point - middle) / (0.5 * (self.high - self.low))
        axis = int(np.argmax(np.abs(scaled)))
        out = np.zeros(3)
        out[axis] = 1.0 if scaled[axis] > 0.0 else -1.0
        return out


# --- the scene ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Light:
    position: np.ndarray
    colour: np.ndarray
    power: float = 1.0


class Camera:
    """A pinhole camera that looks along -z."""

    def __init__(self, position, field_of_view, width, height):
        self.position = position
        self.scale = math.tan(0.5 * field_of_view)
        self.width, self.height = width, height

    @property
    def aspect(self):
        return self.width / self.height

    def ray(self, column, row, dx=0.5, dy=0.5):
        x = (2.0 * (column + dx) / self.width - 1.0) * self.aspect * self.scale
        y = (1.0 - 2.0 * (row + dy) / self.height) * self.scale
        return Ray(self.position, unit(np.array([x, y, -1.0])))

    def pixels(self):
        for row in range(self.height):
            for column in range(self.width):
                yield row, column


@dataclass
class Scene:
    camera: Camera
    shapes: list = field(default_factory=list)
    lights: list = field(default_factory=list)
    ambient: float = 0.1
    rays: int = 0

    def add(self, *shapes):
        for shape in shapes:
            self.shapes.append(shape)
        return self

    def nearest(self, ray):
        self.rays += 1
        hits = [h for h in (shape.hit(ray) for shape in self.shapes) if h is not None]
        return min(hits, key=lambda h: h.distance, default=None)

    def light_reaching(self, point, light):
        """How much of a light gets to a point: none through matte things, some through glass."""
        towards = light.position - point
        far = math.sqrt(np.dot(towards, towards))
        hit = self.nearest(Ray(point, towards / far))
        if hit is None or hit.distance > far:
            return light.power
        match hit.material.finish:
            case Finish.GLASS:
                return 0.6 * light.power
            case _:
                return 0.0

    def sky(self, direction):
        blend = 0.5 * (direction[1] + 1.0)
        return (1.0 - blend) * np.ones(3) + blend * np.array([0.5, 0.7, 1.0])

    def trace(self, ray, depth=3):
        """The colour that a ray brings."""
        hit = self.nearest(ray)
        if hit is None:
            return self.sky(ray.direction)
        _, point, normal, material = hit
        inside = np.dot(ray.direction, normal) > 0.0
        if inside:
            normal = -normal
        start = point + 1e-4 * normal
        colour = self.ambient * material.texture(point)
        for light in self.lights:
            reaching = self.light_reaching(start, light)
            if reaching > 0.0:
                colour += material.shade(point, normal, -ray.direction, light, reaching)
        if depth > 0 and material.finish is not Finish.MATTE:
            bounced = self.trace(Ray(start, reflected(ray.direction, normal)), depth - 1)
            colour = (1.0 - material.reflection) * colour + material.reflection * bounced
        if depth > 0 and material.finish is Finish.GLASS:
            ratio = material.index if inside else 1.0 / material.index
            onward = refracted(ray.direction, normal, ratio)
            if onward is not None:
                colour = 0.3 * colour + 0.7 * self.trace(Ray(point - 1e-4 * normal, onward), depth - 1)
        return colour

    def render(self, samples):
        """The image, its rows from the top down."""
        image = np.zeros((self.camera.height, self.camera.width, 3))
        for row, column in self.camera.pixels():
            for dx, dy in samples:
                image[row, column] += self.trace(self.camera.ray(column, row, dx, dy)) / len(samples)
        return image


# --- the picture ----------------------------------------------------------------------------------


def tone_mapped(image, gamma=2.2):
    """Reinhard's curve, then gamma."""
    image = np.clip(image, 0.0, None)
    return (image / (1.0 + image)) ** (1.0 / gamma)


def build_scene(p, width=8, height=6):
    camera = Camera(np.array([0.0, 1.0, 4.0]), math.radians(50.0), width, height)
    clay = Material(plain(p["clay"]), shininess=10.0)
    stripes = striped([p["clay"], np.array([0.1, 0.2, 0.6])], 4.0)
    mirror = replace(clay, texture=stripes, finish=Finish.MIRROR, reflection=0.4)
    glass = Material(plain(np.full(3, 0.9)), finish=Finish.GLASS, reflection=0.1, index=p["index"])
    floor = Material(checkered(np.full(3, 0.9), np.full(3, 0.2)), specular=0.0)
    lights = [Light(p["light"], np.ones(3)), Light(np.array([-3.0, 4.0, 1.0]), p["clay"], power=0.4)]
    scene = Scene(camera, lights=lights)
    scene.add(Plane(p["floor"], floor), Sphere(p["centre"], p["radius"], clay))
    scene.add(Sphere(p["centre"] + np.array([1.3, 0.2, -0.5]), 0.7 * p["radius"], mirror))
    scene.add(Sphere(np.array([-1.1, 0.5, 1.0]), 0.4, glass))
    return scene.add(Box(np.array([-2.5, 0.0, -1.5]), np.array([-1.5, 1.2, -0.5]), clay))


def picture(p, width=8, height=6):
    samples = [(0.25, 0.25), (0.75, 0.75)]
    return tone_mapped(build_scene(p, width, height).render(samples))


def mismatch(p, target):
    """How far the picture is from another one."""
    rendered = picture(p, target.shape[1], target.shape[0])
    errors = map(lambda a, b: np.mean((a - b) ** 2), rendered, target)
    return functools.reduce(lambda a, b: a + b, errors) / len(target)


def parameters() -> dict[str, np.ndarray | float]:
    return {
        "centre": np.array([0.1, 0.8, -0.3]),
        "radius": 0.8,
        "clay": np.array([0.8, 0.4, 0.3]),
        "light": np.array([2.0, 5.0, 3.0]),
        "floor": -0.05,
        "index": 1.4,
    }


