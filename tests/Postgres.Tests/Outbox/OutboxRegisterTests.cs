using Npgsql;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Outbox;

/// <summary>What waits is attempted until it arrives or is given up, and never in two forms.</summary>
public sealed class OutboxRegisterTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Later = OutboxCity.Later;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_message_is_sent_again_after_growing_pauses_with_the_same_id_and_body()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        var seen = new HashSet<(string, string)>();
        var (now, attempts) = (Later, 0);
        for (; (await city.ClaimWebhooksAsync(now)) is [var message]; attempts++)
        {
            seen.Add((message.Message, message.Body));
            Assert.Equal(attempts + 1, message.Attempts);
            await city.Outbox.ConcludeAsync(message.Id, message.Attempts, DeliveryResult.Failed("http-500"), now, Cancellation);
            if (RetrySchedule.NextAttempt(message.Attempts, now) is not { } next)
                break;
            Assert.Empty(await city.ClaimWebhooksAsync(next.AddMilliseconds(-1)));
            now = next;
        }

        Assert.Single(seen);
        Assert.Equal(RetrySchedule.MaxAttempts, attempts + 1);
        var listed = Assert.Single(await city.Outbox.ListAsync(10, Cancellation));
        Assert.Equal(("given-up", "http-500", null), (listed.State, listed.LastResult, listed.NextAt));
    }

    [Fact]
    public async Task A_message_whose_process_ended_is_taken_again_and_a_late_failure_changes_nothing()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        var first = Assert.Single(await city.ClaimWebhooksAsync());
        Assert.Empty(await city.ClaimWebhooksAsync(Later + IOutbox.Lease - TimeSpan.FromSeconds(1)));
        var second = Assert.Single(await city.ClaimWebhooksAsync(Later + IOutbox.Lease));
        Assert.Equal((first.Message, first.Body), (second.Message, second.Body));
        var late = Later + IOutbox.Lease + TimeSpan.FromSeconds(1);
        await city.Outbox.ConcludeAsync(first.Id, first.Attempts, DeliveryResult.Failed("timeout"), late, Cancellation);
        Assert.Empty(await city.ClaimWebhooksAsync(late.AddMinutes(1)));
        await city.Outbox.ConcludeAsync(first.Id, first.Attempts, DeliveryResult.Delivered, late, Cancellation);
        Assert.Equal("delivered", Assert.Single(await city.Outbox.ListAsync(10, Cancellation)).State);
    }

    [Fact]
    public async Task Two_processes_never_take_the_same_message()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        for (var hook = 0; hook < 10; hook++)
            await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => city.ClaimWebhooksAsync(most: 4)));
        var ids = taken.SelectMany(one => one).Select(message => message.Id).ToArray();
        Assert.Equal(ids.Distinct().Count(), ids.Length);
    }

    [Fact]
    public async Task The_service_may_not_change_what_a_message_says()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        await using var service = new NpgsqlConnection(cluster.ServiceOf(city.Database.ConnectionString));
        await service.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("update registry.occasion set body = '{}'", service);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task An_address_gets_twenty_mails_an_hour_and_the_others_later()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddPersonAsync("ana", [Role.Approver], OccasionKind.ChangeSubmitted);
        await city.AddPersonAsync("bo", [Role.Editor], OccasionKind.ReviewDue);
        for (var change = 0; change < IOutbox.MailsPerHour + 5; change++)
            await city.TellAsync(OccasionKind.ChangeSubmitted, $"{change}");
        await city.TellAsync(OccasionKind.ReviewDue, "manual-1.1");
        var first = await city.ClaimMailAsync();
        Assert.Equal(IOutbox.MailsPerHour, first.Count(mail => mail.Address == "ana@city.example"));
        Assert.Single(first, mail => mail.Address == "bo@city.example");
        foreach (var mail in first)
            await city.Outbox.ConcludeAsync(mail.Id, mail.Attempts, DeliveryResult.Delivered, Later, Cancellation);
        Assert.Empty(await city.ClaimMailAsync(Later.AddMinutes(59)));
        Assert.Equal(5, (await city.ClaimMailAsync(Later.AddMinutes(61))).Length);
    }

    [Fact]
    public async Task A_dead_receiver_does_not_keep_the_others_waiting()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        var dead = await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        for (var change = 0; change < 30; change++)
            await city.TellAsync(OccasionKind.ChangeSubmitted, $"{change}");
        var alive = await city.AddWebhookAsync(OccasionKind.ListImported);
        await city.TellAsync(OccasionKind.ListImported, "im-abcdefghijkl");
        var taken = await city.ClaimWebhooksAsync(most: 10);
        Assert.Equal(5, taken.Count(message => message.Webhook == dead));
        Assert.Single(taken, message => message.Webhook == alive);
    }

    [Fact]
    public async Task The_address_of_a_person_who_leaves_is_erased_with_what_waits_for_it()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        var ana = await city.AddPersonAsync("ana", [Role.Approver], OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        Assert.True(await city.Staff.ChangeAsync(ana, null, isActive: false, new Attribution("operator"), Later, Cancellation));
        Assert.Equal(0, await city.Database.AskAsync<long>("select count(*) from registry.mail_address"));
        Assert.Equal(0, await city.Database.AskAsync<long>("select count(*) from registry.delivery"));
        Assert.Empty(await city.ClaimMailAsync());
        var entries = await city.Database.AskAsync<string>("select string_agg(convert_from(bytes, 'UTF8'), '') from registry.ledger_entry");
        Assert.DoesNotContain("city.example", entries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_a_mail_erases_the_address_whose_mail_it_is_in_and_no_other()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddPersonAsync("ana", [Role.Approver], OccasionKind.ChangeSubmitted);
        await city.AddPersonAsync("bo", [Role.Approver], OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        var mail = (await city.ClaimMailAsync()).Single(one => one.Address == "ana@city.example");
        await city.Choices.StopAsync("another-token", Cancellation);
        await city.Choices.StopAsync(mail.StopToken, Cancellation);
        Assert.Equal("bo@city.example", await city.Database.AskAsync<string>("select string_agg(address, ',') from registry.mail_address"));
    }

    [Fact]
    public async Task What_waited_too_long_is_given_up_and_what_is_old_is_deleted()
    {
        await using var city = await OutboxCity.CreateAsync(cluster);
        await city.AddWebhookAsync(OccasionKind.ChangeSubmitted);
        await city.TellAsync(OccasionKind.ChangeSubmitted);
        await city.Outbox.ForgetAsync(Later + IOutbox.MaxAge, Cancellation);
        var listed = Assert.Single(await city.Outbox.ListAsync(10, Cancellation));
        Assert.Equal(("given-up", "too-old"), (listed.State, listed.LastResult));
        await city.Outbox.ForgetAsync(Later + IOutbox.Retention, Cancellation);
        Assert.Equal(0, await city.Database.AskAsync<long>("select count(*) from registry.occasion"));
    }
}
