#include "tests/properties/filling.h"

#include "forms/definition/content.h"

namespace doorstep::test {

std::shared_ptr<const FormDefinition> loaded_form(Random& random, const FormWishes& wishes) {
    const std::string xml = random_form(random, wishes);
    std::vector<FormFault> faults;
    auto form = FormDefinition::load(xml, {}, faults);
    for (const FormFault& fault : faults)
        if (fault.diagnostic.severity == Severity::error)
            RC_FAIL(fault.node + "#" + fault.property + ": " + fault.diagnostic.what + "\n" + xml);
    return form;
}

Filling::Filling(std::shared_ptr<const FormDefinition> of, std::uint64_t seed, const FormWishes& wishes)
    : random(seed), form(std::move(of)), calculated_too_(wishes.calculated_too) {
    auto begun = FormSession::begin(form, {}, clock, random);
    RC_ASSERT(begun.ok());
    session = std::make_unique<FormSession>(std::move(*begun));
}

bool Filling::step() {
    clock.advance_ms(1'000);
    JournalEntry entry;
    const bool done = act(*session, random_act(random), entry, calculated_too_);
    if (done)
        journal.push_back(entry);
    return done;
}

void Filling::steps(int many) {
    for (int i = 0; i < many; ++i)
        step();
}

FormSession Filling::again(const std::shared_ptr<const FormDefinition>& on) const {
    SeededRandom unused(1);
    auto same = FormSession::replay(on, {}, clock, unused, session->begun(), journal);
    RC_ASSERT(same.ok());
    return std::move(*same);
}

std::string without_numbers(const std::string& path) {
    std::string plain;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (path[at] == '[')
            at = path.find(']', at);
        else
            plain += path[at];
    }
    return plain;
}

}  // namespace doorstep::test
