#include "client/ui/checks.h"

#include <set>

namespace doorstep {

namespace {

constexpr double least_contrast = 7;

bool visible(const Mark& mark) {
    return !mark.rect.cut(mark.clip).empty();
}

bool is_whole(float value) {
    return std::abs(value - std::round(value)) < 0.001f;
}

// What is cut when only `seen` of it may be seen, with a pixel to spare.
bool cut_sideways(const Rect& box, const Rect& seen) {
    return box.x < seen.x - 1 || box.right() > seen.right() + 1;
}

bool cut_upright(const Rect& box, const Rect& seen) {
    return box.y < seen.y - 1 || box.bottom() > seen.bottom() + 1;
}

class Inspection {
public:
    Inspection(const std::vector<Mark>& marks, const Rect& screen, float px_per_mm)
        : marks_(marks), screen_(screen), px_per_mm_(px_per_mm) {}

    std::vector<MarkFault> all() {
        for (const Mark& mark : marks_) {
            if (!visible(mark))
                continue;
            one(mark);
            if (can_be_tapped(mark.role))
                target(mark);
            if (!mark.ink.empty() || mark.role == Role::key)
                text(mark);
        }
        pairs();
        return std::move(faults_);
    }

private:
    void say(const char* what, const Mark& mark) { faults_.push_back({what, mark.label}); }

    void one(const Mark& mark) {
        const Rect& r = mark.rect;
        if (mark.label.empty() || mark.label.find_first_not_of(" \n\t") == std::string::npos)
            say("label empty", mark);
        if (!is_whole(r.x) || !is_whole(r.y) || !is_whole(r.w) || !is_whole(r.h) || !is_whole(mark.baseline))
            say("half a pixel", mark);
        if (mark.unknown_glyphs > 0)
            say("unknown glyphs", mark);
    }

    void target(const Mark& mark) {
        const float least = mm::target_min * px_per_mm_ - 1;
        if (mark.rect.w < least || mark.rect.h < least)
            say("target under 9 mm", mark);
        const Rect seen = screen_.cut(mark.clip);
        if (cut_sideways(mark.rect, seen) || (mark.scroll.empty() && cut_upright(mark.rect, seen)))
            say("target cut", mark);
        if (!named_.insert({mark.label, mark.role}).second)
            say("two targets of one name", mark);
    }

    void text(const Mark& mark) {
        if (contrast(mark.text_ink, mark.ground) < least_contrast)
            say("contrast under 7", mark);
        if (mark.ink.empty())
            return;
        if (cut_sideways(mark.ink, mark.rect) || cut_upright(mark.ink, mark.rect))
            say("text outside its box", mark);
        const Rect seen = screen_.cut(mark.clip);
        if (cut_sideways(mark.ink, seen) || (mark.scroll.empty() && cut_upright(mark.ink, seen)))
            say("text cut", mark);
    }

    void pairs() {
        std::vector<const Mark*> in_sight;
        for (const Mark& mark : marks_)
            if (visible(mark))
                in_sight.push_back(&mark);
        for (std::size_t i = 0; i < in_sight.size(); ++i)
            for (std::size_t j = i + 1; j < in_sight.size(); ++j)
                pair(*in_sight[i], *in_sight[j]);
    }

    void pair(const Mark& a, const Mark& b) {
        const bool both_targets = can_be_tapped(a.role) && can_be_tapped(b.role);
        if (both_targets)
            between(a, b);
        else if (!can_be_tapped(a.role) && !can_be_tapped(b.role))
            if (!a.ink.cut(a.clip).cut(b.ink.cut(b.clip)).empty())
                say("texts overlap", b);
    }

    void between(const Mark& a, const Mark& b) {
        const Rect one = a.rect.cut(a.clip), other = b.rect.cut(b.clip);
        if (!one.cut(other).empty()) {
            say("targets overlap", b);
            return;
        }
        if (a.role == Role::key && b.role == Role::key)
            return;
        const float aside = std::max(other.x - one.right(), one.x - other.right());
        const float below = std::max(other.y - one.bottom(), one.y - other.bottom());
        const float least = mm::gap_min * px_per_mm_ - 1;
        // Corner to corner no finger slips from one to the other.
        if ((below < 0 && aside < least) || (aside < 0 && below < least))
            say("gap under 2 mm", b);
    }

    const std::vector<Mark>& marks_;
    Rect screen_;
    float px_per_mm_;
    std::set<std::pair<std::string, Role>> named_;
    std::vector<MarkFault> faults_;
};

}  // namespace

std::vector<MarkFault> faults(const std::vector<Mark>& marks, const Rect& screen, float px_per_mm) {
    return Inspection(marks, screen, px_per_mm).all();
}

}  // namespace doorstep
