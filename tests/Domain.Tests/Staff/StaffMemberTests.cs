using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Domain.Tests.Staff;

/// <summary>The identity of staff, as the ledger states it.</summary>
public sealed class StaffMemberTests
{
    [Fact]
    public void A_staff_id_is_opaque_and_unique()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => StaffMember.NewId()).ToArray();
        Assert.All(ids, id => Assert.Matches("^st-[a-z2-7]{16}$", id));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void The_ledger_names_a_staff_member_by_role_department_and_id_only()
    {
        var ana = new StaffMember("st-aaaaaaaaaaaaaaaa", "ana@city.example", "Ana Ruiz", "police", [Role.DeviceClerk], false, true, 1);
        Assert.Equal(new Attribution("device-clerk", "police", "st-aaaaaaaaaaaaaaaa"), ana.AttributionAs(Role.DeviceClerk));
    }

    [Fact]
    public void The_roles_are_those_of_the_contract() =>
        Assert.Equal(
            ["editor", "approver", "device-clerk", "posting-inspector", "records-officer", "auditor", "administrator"],
            Enum.GetValues<Role>().Select(Json.Word)
        );

    [Fact]
    public void A_token_has_the_prefix_for_scanners_and_256_random_bits()
    {
        var (token, other) = (ApiToken.New(), ApiToken.New());
        Assert.Matches("^srt_[0-9a-f]{64}$", token);
        Assert.NotEqual(token, other);
        Assert.Equal(32, ApiToken.Hash(token).Length);
        Assert.NotEqual(ApiToken.Hash(token), ApiToken.Hash(other));
    }
}
