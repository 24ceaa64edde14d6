// The 512 check words: short, easily said over a telephone, none that hurts when it meets another.  Their
// order is part of the protocol (PROTOCOL.md 2.4): a word is never moved or changed.
#include <array>
#include <string_view>

#include "sync/vault/check_words.h"

namespace doorstep {

namespace {

constexpr std::array<std::string_view, check_words_known> all_check_words = {
    {"acorn",    "actor",    "admiral",  "agenda",   "airport",  "album",     "alley",      "almond",
     "alpine",   "amber",    "anchor",   "angle",    "animal",   "ankle",     "apple",      "apron",
     "arch",     "arctic",   "arena",    "armchair", "arrow",    "artist",    "aspen",      "atlas",
     "attic",    "autumn",   "avocado",  "award",    "bacon",    "badger",    "bagel",      "baker",
     "balcony",  "ballet",   "bamboo",   "banana",   "banjo",    "barley",    "basket",     "bathtub",
     "beacon",   "beaver",   "bedroom",  "beetle",   "bell",     "bench",     "berry",      "bicycle",
     "birch",    "biscuit",  "blanket",  "blossom",  "border",   "bottle",    "boulder",    "bracket",
     "bread",    "bridge",   "broom",    "bucket",   "buffalo",  "bundle",    "butter",     "cabbage",
     "cabin",    "cactus",   "camera",   "canal",    "candle",   "canoe",     "canvas",     "captain",
     "caramel",  "carbon",   "cargo",    "carpet",   "carrot",   "castle",    "cattle",     "cavern",
     "cedar",    "cello",    "cement",   "chalk",    "cherry",   "chimney",   "chorus",     "cinema",
     "circle",   "citrus",   "clarinet", "clay",     "clever",   "cliff",     "clover",     "coast",
     "cobalt",   "coconut",  "coffee",   "collar",   "comet",    "compass",   "concert",    "copper",
     "coral",    "corner",   "cotton",   "coyote",   "cradle",   "crater",    "cricket",    "crown",
     "crystal",  "cuckoo",   "cupboard", "curtain",  "cushion",  "cycle",     "daisy",      "dancer",
     "dapple",   "dawn",     "decade",   "delta",    "denim",    "desert",    "diamond",    "diesel",
     "dinner",   "dolphin",  "domino",   "donkey",   "dragon",   "drawer",    "dresser",    "drum",
     "duck",     "dune",     "dynamo",   "eagle",    "early",    "earth",     "easel",      "echo",
     "eclipse",  "elbow",    "elder",    "elephant", "ember",    "emerald",   "engine",     "envelope",
     "evening",  "express",  "fabric",   "falcon",   "farmer",   "feather",   "fennel",     "ferry",
     "fiddle",   "field",    "finger",   "flag",     "flamingo", "flint",     "flower",     "flute",
     "folder",   "forest",   "fossil",   "fountain", "freckle",  "fridge",    "frost",      "fudge",
     "funnel",   "galaxy",   "gallery",  "garden",   "garlic",   "gate",      "gazelle",    "ginger",
     "giraffe",  "glacier",  "glove",    "goblet",   "golden",   "goose",     "gorilla",    "granite",
     "grape",    "gravel",   "guitar",   "gull",     "gymnast",  "hallway",   "hammer",     "harbour",
     "harvest",  "hazel",    "heather",  "hedge",    "helmet",   "hexagon",   "hickory",    "hinge",
     "hobby",    "hockey",   "hollow",   "honey",    "horizon",  "hornet",    "hotel",      "hydrant",
     "iceberg",  "igloo",    "indigo",   "inkwell",  "insect",   "island",    "ivory",      "jacket",
     "jaguar",   "jasmine",  "jelly",    "jersey",   "jewel",    "jigsaw",    "jockey",     "journal",
     "jubilee",  "juggler",  "juice",    "jumper",   "jungle",   "juniper",   "kangaroo",   "kayak",
     "kettle",   "keyhole",  "kitchen",  "kite",     "kiwi",     "koala",     "label",      "ladder",
     "lagoon",   "lake",     "lantern",  "lattice",  "laundry",  "lavender",  "lawn",       "leather",
     "lemon",    "lentil",   "leopard",  "letter",   "library",  "lilac",     "lime",       "linen",
     "lion",     "lizard",   "lobster",  "locket",   "lotus",    "lunar",     "lyric",      "magnet",
     "mahogany", "mango",    "maple",    "marble",   "market",   "marsh",     "meadow",     "medal",
     "melon",    "mermaid",  "metal",    "midnight", "mill",     "mimosa",    "mineral",    "mint",
     "mirror",   "mitten",   "monkey",   "moss",     "mountain", "muffin",    "museum",     "mustard",
     "mystery",  "napkin",   "narrow",   "nectar",   "needle",   "nickel",    "noodle",     "north",
     "notebook", "nugget",   "nutmeg",   "oasis",    "oatmeal",  "ocean",     "octopus",    "olive",
     "omelette", "onion",    "opal",     "orange",   "orbit",    "orchard",   "organ",      "origami",
     "osprey",   "otter",    "outline",  "oven",     "oyster",   "paddle",    "painter",    "palace",
     "pancake",  "panda",    "papaya",   "parade",   "parcel",   "parrot",    "pasta",      "patrol",
     "peach",    "peanut",   "pebble",   "pelican",  "pencil",   "pepper",    "petal",      "piano",
     "picnic",   "pigeon",   "pillow",   "pilot",    "pine",     "pistachio", "pizza",      "planet",
     "plaster",  "plum",     "pocket",   "poem",     "polar",    "pony",      "poppy",      "potato",
     "powder",   "prairie",  "pretzel",  "prism",    "pudding",  "puffin",    "pumpkin",    "puppet",
     "purple",   "puzzle",   "pyramid",  "quail",    "quarry",   "queen",     "quilt",      "quiver",
     "rabbit",   "radish",   "raft",     "railway",  "rainbow",  "raisin",    "ranch",      "raven",
     "record",   "reindeer", "ribbon",   "riddle",   "river",    "robin",     "rocket",     "roof",
     "rooster",  "rose",     "ruby",     "rudder",   "rugby",    "runner",    "saddle",     "saffron",
     "sailor",   "salad",    "salmon",   "sandal",   "sapphire", "satchel",   "saucer",     "sausage",
     "scarf",    "school",   "scooter",  "seal",     "season",   "seed",      "shadow",     "shelf",
     "shovel",   "shower",   "silver",   "skate",    "sketch",   "slipper",   "snow",       "soccer",
     "socket",   "sofa",     "spider",   "spinach",  "spoon",    "spring",    "squirrel",   "stable",
     "statue",   "steam",    "stone",    "storm",    "straw",    "studio",    "sugar",      "summer",
     "sunset",   "swallow",  "sweater",  "syrup",    "table",    "tailor",    "tambourine", "tango",
     "tapestry", "teacup",   "temple",   "tennis",   "thimble",  "thistle",   "thunder",    "ticket",
     "tiger",    "timber",   "tinsel",   "toast",    "toffee",   "tomato",    "topaz",      "tortoise",
     "towel",    "tractor",  "trumpet",  "tulip",    "tunnel",   "turkey",    "turnip",     "turtle",
     "twig",     "umbrella", "unicorn",  "uniform",  "urban",    "valley",    "vanilla",    "velvet",
     "verandah", "vessel",   "village",  "vinegar",  "violin",   "volcano",   "voyage",     "waffle",
     "wagon",    "walnut",   "walrus",   "water",    "weather",  "whale",     "wheat",      "whistle",
     "willow",   "window",   "winter",   "wizard",   "wolf",     "wombat",    "wood",       "wool",
     "yacht",    "yeast",    "yellow",   "zebra",    "zenith",   "zigzag",    "zinc",       "zipper"}};

}  // namespace

std::string_view check_word(std::size_t nth) {
    return all_check_words[nth % all_check_words.size()];
}

}  // namespace doorstep
