#include "forms/definition/ranks.h"

#include <algorithm>
#include <unordered_map>

namespace doorstep {
namespace {

// Without recursion: a form may chain ten thousand calculations.
class Components {
public:
    explicit Components(const std::vector<std::vector<std::uint32_t>>& edges)
        : edges_(edges), found_(edges.size()), low_(edges.size()), on_stack_(edges.size()) {
        ranks_.rank.resize(edges.size());
    }

    Ranks run() {
        for (std::uint32_t vertex = 0; vertex < edges_.size(); ++vertex)
            if (found_[vertex] == 0)
                visit(vertex);
        // Components close readers first.
        for (std::uint32_t& one : ranks_.rank)
            one = closed_ - 1 - one;
        return std::move(ranks_);
    }

private:
    struct Frame {
        std::uint32_t vertex = 0;
        std::size_t next = 0;
    };

    void open(std::uint32_t vertex, std::vector<Frame>& frames) {
        found_[vertex] = low_[vertex] = ++count_;
        stack_.push_back(vertex);
        on_stack_[vertex] = true;
        frames.push_back({vertex, 0});
    }

    void visit(std::uint32_t start) {
        std::vector<Frame> frames;
        open(start, frames);
        while (!frames.empty()) {
            Frame& frame = frames.back();
            const std::uint32_t vertex = frame.vertex;
            if (frame.next < edges_[vertex].size()) {
                const std::uint32_t to = edges_[vertex][frame.next++];
                if (found_[to] == 0)
                    open(to, frames);
                else if (on_stack_[to])
                    low_[vertex] = std::min(low_[vertex], found_[to]);
                continue;
            }
            frames.pop_back();
            if (!frames.empty())
                low_[frames.back().vertex] = std::min(low_[frames.back().vertex], low_[vertex]);
            if (low_[vertex] == found_[vertex])
                close(vertex);
        }
    }

    void close(std::uint32_t vertex) {
        std::vector<std::uint32_t> component;
        std::uint32_t member = nowhere_;
        do {
            member = stack_.back();
            stack_.pop_back();
            on_stack_[member] = false;
            ranks_.rank[member] = closed_;
            component.push_back(member);
        } while (member != vertex);
        ++closed_;
        const auto& own = edges_[vertex];
        if (component.size() > 1 || std::find(own.begin(), own.end(), vertex) != own.end()) {
            std::sort(component.begin(), component.end());
            ranks_.cycles.push_back(std::move(component));
        }
    }

    static constexpr std::uint32_t nowhere_ = 0xffffffff;
    const std::vector<std::vector<std::uint32_t>>& edges_;
    std::vector<std::uint32_t> found_, low_;
    std::vector<bool> on_stack_;
    std::vector<std::uint32_t> stack_;
    std::uint32_t count_ = 0;
    std::uint32_t closed_ = 0;
    Ranks ranks_;
};

}  // namespace

Ranks rank(const std::vector<std::vector<std::uint32_t>>& edges) {
    return Components(edges).run();
}

std::vector<std::uint32_t> way_round(const std::vector<std::vector<std::uint32_t>>& edges,
                                     const std::vector<std::uint32_t>& component) {
    const std::uint32_t start = component.front();
    std::unordered_map<std::uint32_t, std::uint32_t> came_from;
    std::vector<std::uint32_t> open{start};
    for (std::size_t i = 0; i < open.size(); ++i) {
        for (const std::uint32_t to : edges[open[i]]) {
            if (to == start) {
                std::vector<std::uint32_t> way{start};
                for (std::uint32_t at = open[i]; at != start; at = came_from.at(at))
                    way.push_back(at);
                if (way.size() > 1 || open[i] == start)
                    way.push_back(start);
                std::reverse(way.begin(), way.end());
                return way;
            }
            if (std::binary_search(component.begin(), component.end(), to) &&
                came_from.try_emplace(to, open[i]).second)
                open.push_back(to);
        }
    }
    return component;
}

}  // namespace doorstep
