// Ranks of a directed graph by Tarjan's strongly connected components.
#pragma once

#include <cstdint>
#include <vector>

namespace doorstep {

struct Ranks {
    std::vector<std::uint32_t> rank;  // an edge goes from a lower to a higher one
    std::vector<std::vector<std::uint32_t>>
        cycles;  // components of more than one vertex, or that read themselves
};

// edges[u]: the vertices that depend on u.
Ranks rank(const std::vector<std::vector<std::uint32_t>>& edges);

// The shortest way round inside a component, first vertex first and again last.
std::vector<std::uint32_t> way_round(const std::vector<std::vector<std::uint32_t>>& edges,
                                     const std::vector<std::uint32_t>& component);

}  // namespace doorstep
