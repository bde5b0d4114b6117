using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Outbox;

/// <summary>Who gets what is recorded.</summary>
public sealed class OutboxRowsTests(SharedCluster cluster)
{
    [Fact]
    public async Task An_occasion_goes_to_the_people_of_its_roles_who_chose_it_and_did_not_cause_it()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddPersonAsync("ana", [Role.Approver], OccasionKind.ChangeSubmitted);
        var bo = await city.AddPersonAsync("bo", [Role.Approver, Role.Editor], OccasionKind.ChangeSubmitted);
        await city.AddPersonAsync("chi", [Role.Approver], OccasionKind.ReviewDue);
        await city.AddPersonAsync("dov", [Role.Editor], OccasionKind.ChangeSubmitted);
        await city.AddPersonAsync("eve", [Role.Approver]);
        await city.TellAsync(OccasionKind.ChangeSubmitted, actor: bo);
        var mail = Assert.Single(await city.ClaimMailAsync());
        Assert.Equal(("ana@city.example", 1), (mail.Address, mail.Attempts));
        Assert.Equal("Change request 7 waits for a second person.", mail.Occasion.Sentence);
    }

    [Fact]
    public async Task A_decision_is_mailed_to_its_author_alone()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        var ana = await city.AddPersonAsync("ana", [Role.Editor], OccasionKind.ChangeApproved);
        await city.AddPersonAsync("bo", [Role.Editor], OccasionKind.ChangeApproved);
        await city.TellAsync(OccasionKind.ChangeApproved, only: ana);
        Assert.Equal(["ana@city.example"], await city.AddressesAsync());
    }

    [Fact]
    public async Task Nothing_is_sent_of_what_was_not_recorded()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddPersonAsync("ana", [Role.Approver], OccasionKind.ChangeSubmitted);
        await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted, isRefused: true);
        Assert.Equal(0, await city.Database.AskAsync<long>("select count(*) from registry.occasion"));
        Assert.Empty(await city.ClaimMailAsync());
        Assert.Empty(await city.ClaimWebhooksAsync());
    }

    [Fact]
    public async Task An_unconfirmed_address_and_one_whose_code_was_guessed_get_nothing()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        var ana = await city.AddPersonAsync("ana", [Role.Approver]);
        var (right, wrong) = (new byte[32], Enumerable.Repeat((byte)1, 32).ToArray());
        await city.Choices.SetAddressAsync(
            ana,
            "ana@city.example",
            [OccasionKind.ChangeSubmitted],
            right,
            OutboxCity.Noon,
            TestContext.Current.CancellationToken
        );
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        for (var tries = 0; tries < IMailChoices.MaxCodeTries; tries++)
            Assert.False(await city.Choices.ConfirmAsync(ana, wrong, OutboxCity.Noon, TestContext.Current.CancellationToken));
        Assert.False(await city.Choices.ConfirmAsync(ana, right, OutboxCity.Noon, TestContext.Current.CancellationToken));
        Assert.Empty(await city.ClaimMailAsync());
    }

    [Fact]
    public async Task A_webhook_gets_the_kinds_that_it_was_added_for_until_it_ends()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        var hook = await city.AddWebhookAsync(OccasionKind.ListImported);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ListImported, "im-abcdefghijkl");
        var message = Assert.Single(await city.ClaimWebhooksAsync());
        Assert.Equal((hook, "secret"), (message.Webhook, message.Secret));
        Assert.Matches(
            """^\{"type":"list.imported","timestamp":"[^"]+Z","data":\{"subject":"(im-[a-z]+)","path":"/staff/imports/\1"\}\}$""",
            message.Body
        );
        await city.TellAsync(OccasionKind.ListImported, "im-abcdefghijkm");
        Assert.True(await city.Webhooks.EndAsync(hook, "ended", OutboxCity.Noon, TestContext.Current.CancellationToken));
        Assert.Empty(await city.ClaimWebhooksAsync());
        Assert.Null(await city.Database.AskAsync<string?>("select secret from registry.webhook"));
    }

    [Fact]
    public async Task What_happens_to_a_place_many_times_in_one_act_is_one_occasion()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddPersonAsync("ana", [Role.PostingInspector], OccasionKind.ConfirmationAwaited);
        foreach (var _ in Enumerable.Range(0, 3))
            await city.TellAsync(OccasionKind.ConfirmationAwaited, "lobby", once: "the act");
        Assert.Single(await city.ClaimMailAsync());
    }
}
