using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Domain.Tests.Outbox;

public sealed class OccasionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_occasion_has_a_sentence_a_page_and_people_whom_it_concerns()
    {
        foreach (var kind in Occasion.Choices)
        {
            var occasion = new Occasion(kind, "12", Noon);
            Assert.EndsWith(".", occasion.Sentence, StringComparison.Ordinal);
            Assert.StartsWith("/staff", occasion.Path, StringComparison.Ordinal);
            Assert.NotEmpty(Occasion.RolesOf(kind));
        }

        Assert.DoesNotContain(OccasionKind.Test, Occasion.Choices);
    }

    [Theory]
    [InlineData("place/lobby", "/staff/places/lobby")]
    [InlineData("kiosk/kiosk-1", "/staff/screens/kiosk-1")]
    [InlineData("screen/kiosk-1", "/staff/screens/kiosk-1")]
    [InlineData("fleet/patrol", "/staff/fleets/patrol")]
    public void A_change_of_an_inventory_leads_to_the_page_of_what_changed(string subject, string path) =>
        Assert.Equal(path, new Occasion(OccasionKind.InventoryChanged, subject, Noon).Path);

    [Fact]
    public void Every_act_on_a_change_request_is_an_occasion_or_concerns_its_author_alone() =>
        Assert.Equal(
            [ChangeAct.Drafted, ChangeAct.Revised, ChangeAct.Reopened],
            Enum.GetValues<ChangeAct>().Where(act => Occasion.Of(act) is null)
        );
}
