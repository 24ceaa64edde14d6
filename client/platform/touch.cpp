#include "client/platform/touch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace doorstep {
namespace {

float distance(const FingerSample& a, const FingerSample& b) {
    return std::hypot(a.x - b.x, a.y - b.y);
}

bool sound(const FingerSample& sample) {
    return std::isfinite(sample.x) && std::isfinite(sample.y);
}

}  // namespace

TouchArbiter::TouchArbiter(const TouchMeasures& measures, Ask ground)
    : measures_(measures), ground_(std::move(ground)) {}

std::vector<TouchAct> TouchArbiter::feed(const FingerSample& sample) {
    std::vector<TouchAct> acts;
    // A frame may come late; the thumbs have lain still for long enough all the same.
    draw_curtain(sample.at_us, acts);
    if (sample.phase == FingerSample::Phase::down) {
        if (sound(sample))
            down(sample, acts);
        return acts;
    }
    const auto found = fingers_.find(sample.finger);
    if (found == fingers_.end())
        return acts;  // lifted before focus came, or forgotten
    Finger& finger = found->second;
    if (finger.state == State::apart) {
        finger.last = sample;
        apart(finger, sample, acts);
    } else if (sample.phase == FingerSample::Phase::cancel) {
        cancel_all(acts);
    } else if (sound(sample)) {
        moved(finger, sample, acts);
    }
    if (sample.phase == FingerSample::Phase::move)
        return acts;
    if (sample.phase == FingerSample::Phase::up)
        up(finger, acts);
    fingers_.erase(found);
    curtain_drawn_ = curtain_drawn_ && !fingers_.empty();
    return acts;
}

void TouchArbiter::down(const FingerSample& sample, std::vector<TouchAct>& acts) {
    if (const auto again = fingers_.find(sample.finger); again != fingers_.end()) {
        lose(again->second, acts);  // its lift was lost
        fingers_.erase(again);
    }
    forget_silent(sample.at_us, acts);

    Finger finger;
    finger.first = finger.last = sample;
    finger.ground = ground_(sample.x, sample.y);
    finger.trail = {sample};
    const TouchGround::Kind kind = finger.ground.kind;
    if (kind == TouchGround::Kind::zone || kind == TouchGround::Kind::capture)
        finger.state = State::apart;
    if (kind == TouchGround::Kind::capture)
        cancel_all(acts);
    if (finger.state == State::apart) {
        apart(finger, sample, acts);
        fingers_.insert_or_assign(sample.finger, std::move(finger));
        return;
    }

    const bool second = std::any_of(fingers_.begin(), fingers_.end(), [&](const auto& other) {
        return other.second.ground.kind != TouchGround::Kind::zone && !silent(other.second, sample.at_us);
    });
    if (finger.ground.moving)
        acts.push_back(touch::StopFling{finger.ground.region});
    if (second) {
        cancel_all(acts);
        finger.state = State::dead;
    } else if (finger.ground.moving) {
        finger.state = State::waiting;
    } else {
        acts.push_back(touch::Press{sample.x, sample.y});
    }
    fingers_.insert_or_assign(sample.finger, std::move(finger));
}

void TouchArbiter::moved(Finger& finger, const FingerSample& sample, std::vector<TouchAct>& acts) {
    remember(finger, sample);
    if (!finger.moved && distance(finger.first, sample) > measures_.slop_mm * measures_.px_per_mm) {
        finger.moved = true;
        if (finger.state == State::pressed)
            acts.push_back(touch::Cancel{});
        if (finger.state == State::pressed || finger.state == State::waiting) {
            const bool vertical = std::fabs(sample.y - finger.first.y) > std::fabs(sample.x - finger.first.x);
            const bool drags = vertical && finger.ground.kind == TouchGround::Kind::scroll;
            finger.state = drags ? State::dragging : State::dead;
            finger.dragged_to = sample.y;
        }
    }
    if (finger.state != State::dragging)
        return;
    const float whole = std::trunc(sample.y - finger.dragged_to);
    finger.dragged_to += whole;
    if (whole != 0)
        acts.push_back(touch::DragBy{finger.ground.region, whole});
}

void TouchArbiter::up(const Finger& finger, std::vector<TouchAct>& acts) const {
    if (finger.state == State::pressed)
        acts.push_back(touch::Release{finger.first.x, finger.first.y});
    if (finger.state != State::dragging)
        return;
    if (const auto speed = fling_speed(finger))
        acts.push_back(touch::Fling{finger.ground.region, *speed});
}

void TouchArbiter::apart(const Finger& finger, const FingerSample& sample,
                         std::vector<TouchAct>& acts) const {
    if (finger.ground.kind == TouchGround::Kind::zone)
        acts.push_back(touch::InZone{finger.ground.region, sample});
    else
        acts.push_back(touch::Captured{finger.ground.region, sample});
}

// The finger is gone without having been lifted.
void TouchArbiter::lose(Finger& finger, std::vector<TouchAct>& acts) const {
    if (finger.state == State::pressed)
        acts.push_back(touch::Cancel{});
    if (finger.state == State::apart) {
        FingerSample gone = finger.last;
        gone.phase = FingerSample::Phase::cancel;
        apart(finger, gone, acts);
    }
    finger.state = State::dead;
}

void TouchArbiter::cancel_all(std::vector<TouchAct>& acts) {
    for (auto& [id, finger] : fingers_)
        if (finger.state != State::apart)
            lose(finger, acts);
}

bool TouchArbiter::silent(const Finger& finger, std::int64_t now_us) const {
    return now_us - finger.last.at_us >= measures_.forgotten_after_us;
}

void TouchArbiter::forget_silent(std::int64_t now_us, std::vector<TouchAct>& acts) {
    for (auto it = fingers_.begin(); it != fingers_.end();) {
        if (it->second.state == State::apart || !silent(it->second, now_us)) {
            ++it;
            continue;
        }
        lose(it->second, acts);
        it = fingers_.erase(it);
    }
    curtain_drawn_ = curtain_drawn_ && !fingers_.empty();
}

std::vector<TouchAct> TouchArbiter::focus_lost() {
    std::vector<TouchAct> acts;
    for (auto& [id, finger] : fingers_)
        lose(finger, acts);
    // Their lifts may never come: kept, they would be second fingers for ever.
    fingers_.clear();
    curtain_drawn_ = false;
    return acts;
}

bool TouchArbiter::busy() const {
    return !fingers_.empty();
}

// The trail holds places, not samples: a finger that rests adds none.  Of samples that a
// slow frame fetched together, with one time, the last counts.
void TouchArbiter::remember(Finger& finger, const FingerSample& sample) const {
    FingerSample kept = sample;
    kept.at_us = std::max(kept.at_us, finger.last.at_us);
    finger.last = kept;
    auto& trail = finger.trail;
    if (kept.x == trail.back().x && kept.y == trail.back().y)
        return;
    if (trail.size() > 1 && trail.back().at_us == kept.at_us)
        trail.back() = kept;
    else
        trail.push_back(kept);
    const std::int64_t oldest = kept.at_us - measures_.speed_window_us;
    while (trail.size() > 2 && trail[1].at_us <= oldest)
        trail.erase(trail.begin());
}

float TouchArbiter::was_at(const Trail& trail, std::int64_t at_us) {
    const auto after = std::find_if(trail.begin(), trail.end(),
                                    [&](const FingerSample& sample) { return sample.at_us > at_us; });
    if (after == trail.begin())
        return trail.front().y;
    const FingerSample& before = *std::prev(after);
    if (after == trail.end() || before.at_us == at_us)
        return before.y;
    const auto gap = static_cast<float>(after->at_us - before.at_us);
    return before.y + (after->y - before.y) * static_cast<float>(at_us - before.at_us) / gap;
}

std::optional<float> TouchArbiter::fling_speed(const Finger& finger) const {
    const Trail& trail = finger.trail;
    const FingerSample& end = trail.back();
    if (end.at_us < finger.last.at_us - measures_.moved_within_us)
        return std::nullopt;
    const float lately = end.y - was_at(trail, finger.last.at_us - measures_.moved_within_us);
    if (std::fabs(lately) < measures_.tremble_mm * measures_.px_per_mm)
        return std::nullopt;
    const std::int64_t since = std::max(trail.front().at_us, end.at_us - measures_.speed_window_us);
    if (since >= end.at_us)
        return std::nullopt;
    const float speed = (end.y - was_at(trail, since)) / (static_cast<float>(end.at_us - since) * 1e-6f);
    if (std::fabs(speed) <= measures_.fling_min_mm_per_s * measures_.px_per_mm)
        return std::nullopt;
    const float most = measures_.fling_max_mm_per_s * measures_.px_per_mm;
    return std::clamp(speed, -most, most);
}

// When two thumbs that lie still will have lain long enough; nothing when they do not.
std::optional<std::int64_t> TouchArbiter::curtain_due() const {
    if (curtain_drawn_ || fingers_.size() != 2)
        return std::nullopt;
    const Finger& one = fingers_.begin()->second;
    const Finger& other = std::next(fingers_.begin())->second;
    const float inside = measures_.curtain_inside_mm * measures_.px_per_mm;
    for (const Finger* finger : {&one, &other}) {
        const FingerSample& at = finger->first;
        if (finger->moved || finger->state == State::apart || at.x < inside || at.y < inside ||
            at.x > measures_.width_px - inside || at.y > measures_.height_px - inside)
            return std::nullopt;
    }
    if (distance(one.first, other.first) < inside)
        return std::nullopt;  // one palm
    return std::max(one.first.at_us, other.first.at_us) + measures_.curtain_after_us;
}

void TouchArbiter::draw_curtain(std::int64_t now_us, std::vector<TouchAct>& acts) {
    const auto due = curtain_due();
    if (!due || now_us < *due)
        return;
    curtain_drawn_ = true;
    acts.push_back(touch::Curtain{});
}

std::vector<TouchAct> TouchArbiter::tick(std::int64_t now_us, std::optional<std::int64_t>& next_us) {
    std::vector<TouchAct> acts;
    draw_curtain(now_us, acts);
    next_us = curtain_due();
    return acts;
}

float FlingMotion::step(double dt_s, float px_per_mm) {
    constexpr double seconds = 0.325;
    constexpr float stops_under_mm_per_s = 4;
    if (!moving() || dt_s <= 0)
        return 0;
    // What an ever slowing list travels in this time: the same in long and short frames.
    const double left = std::exp(-dt_s / seconds);
    const double way = static_cast<double>(speed_) * seconds * (1 - left) + static_cast<double>(remainder_);
    const double whole = std::trunc(way);
    remainder_ = static_cast<float>(way - whole);
    speed_ = static_cast<float>(static_cast<double>(speed_) * left);
    if (std::fabs(speed_) < stops_under_mm_per_s * px_per_mm)
        stop();
    return static_cast<float>(whole);
}

}  // namespace doorstep
