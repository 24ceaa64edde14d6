// Who may open concerns: the safeguarding key, wrapped by each lead's passphrase.
#include "sync/endpoint/concerns.h"
#include "sync/endpoint/passphrase_holders.h"

namespace doorstep {

Result<void> add_safeguarding_lead(SqlConnection& sql, Random& random, const std::string& name,
                                   const KeyPair& safeguarding, std::string_view passphrase,
                                   PasswordCost cost, const DeviceSecret& device) {
    TRY_DO(check_holder_name(name));
    const auto id = Uuid::random(random);
    TRY(auto slot, wrap_safeguarding(safeguarding, id, passphrase, cost, device));
    return keep_holder(sql, for_safeguarding, name, {id, std::move(slot.wrap)});
}

Result<std::vector<std::string>> safeguarding_leads(SqlConnection& sql) {
    return holders(sql, for_safeguarding);
}

Result<KeyPair> sign_in_safeguarding_lead(SqlConnection& sql, const std::string& name,
                                          std::string_view passphrase, const PublicKey& safeguarding,
                                          const DeviceSecret& device) {
    TRY(auto lead, begin_try(sql, for_safeguarding, name));
    auto pair = open_safeguarding({lead.id, std::move(lead.wrap)}, safeguarding, passphrase, device);
    if (pair.ok())
        TRY_DO(end_try(sql, for_safeguarding, name));
    return pair;
}

}  // namespace doorstep
