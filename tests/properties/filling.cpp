#include "tests/properties/filling.h"

namespace doorstep::test {
namespace {

constexpr int steps = 12;

std::string told(const JournalEntry& entry) {
    switch (entry.what) {
    case JournalEntry::What::answer:
        return entry.path + " answered [" + entry.now.text + "] kind " +
               std::to_string(static_cast<int>(entry.now.kind));
    case JournalEntry::What::add_repeat:
        return entry.path + " added";
    case JournalEntry::What::remove_repeat:
        return entry.path + " removed";
    case JournalEntry::What::language:
        break;
    }
    return "language " + entry.text;
}

rc::Seq<Sequence> shortened(const Sequence& one) {
    return rc::seq::map(rc::shrink::removeChunks(one.steps),
                        [begun = one.begun](std::vector<std::uint64_t> fewer) {
                            return Sequence{begun, std::move(fewer)};
                        });
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Sequence& one) {
    return out << one.steps.size() << " steps";
}

TwiceLoaded twice_loaded(Random& random, const FormWishes& wishes) {
    const std::string xml = random_form(random, wishes);
    RC_LOG() << xml << "\n";
    std::vector<FormFault> faults;
    auto form = FormDefinition::load(xml, {}, faults);
    for (const FormFault& fault : faults)
        if (fault.diagnostic.severity == Severity::error)
            RC_FAIL(fault.node + "#" + fault.property + ": " + fault.diagnostic.what);
    auto cached = FormDefinition::load_compiled(form->compiled(), form->hash(), {}, faults);
    RC_ASSERT(static_cast<bool>(cached));
    return {std::move(form), std::move(cached)};
}

Filling::Filling(TwiceLoaded of, Sequence sequence, const FormWishes& wishes)
    : random(sequence.begun), loaded(std::move(of)), sequence_(std::move(sequence)),
      calculated_too_(wishes.calculated_too) {
    auto begun = FormSession::begin(loaded.form, {}, clock, random);
    RC_ASSERT(begun.ok());
    session = std::make_unique<FormSession>(std::move(*begun));
}

bool Filling::step() {
    if (next_ == sequence_.steps.size())
        return false;
    SeededRandom dice(sequence_.steps[next_++]);
    clock.advance_ms(1'000);
    const Act one = random_act(dice);
    changes_.reset();
    if (one.what == Act::What::close) {
        RC_LOG() << "closed and opened\n";
        session = std::make_unique<FormSession>(again(one.where % 2 == 0 ? loaded.cached : loaded.form));
        return true;
    }
    changes_ = act(*session, one, journal, calculated_too_);
    if (changes_)
        RC_LOG() << told(journal.back()) << "\n";
    return true;
}

void Filling::all_steps() {
    while (step())
        continue;
}

FormSession Filling::again(const std::shared_ptr<const FormDefinition>& on) {
    auto same = FormSession::replay(on, {}, clock, random, session->begun(), journal);
    RC_ASSERT(same.ok());
    return std::move(*same);
}

rc::Gen<std::vector<Sequence>> any_sequences() {
    const auto made = [](std::uint64_t seed) {
        std::vector<Sequence> all;
        for (const std::uint64_t begun : seeds_from(seed, sequences_per_try))
            all.push_back({begun, seeds_from(begun, steps)});
        return all;
    };
    return rc::gen::shrink(rc::gen::map(any_seed(), made), [](const std::vector<Sequence>& all) {
        return rc::seq::concat(rc::shrink::removeChunks(all), rc::shrink::eachElement(all, shortened));
    });
}

}  // namespace doorstep::test
