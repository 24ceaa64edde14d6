#include "tests/simulation/late_sql.h"

namespace doorstep::simulation {

LateSql::~LateSql() {
    if (promised_)
        disk_->rollback();
}

Result<void> LateSql::settle() {
    return std::exchange(promised_, false) ? disk_->commit() : Result<void>();
}

Result<void> LateSql::begin() {
    TRY_DO(settle());
    return disk_->begin();
}

Result<void> LateSql::commit() {
    promised_ = true;
    return {};
}

}  // namespace doorstep::simulation
