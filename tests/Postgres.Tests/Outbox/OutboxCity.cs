using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Outbox;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Outbox;

/// <summary>A database with people who chose mail, and webhooks.</summary>
internal sealed class OutboxCity(Database database) : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static readonly byte[] Code = new byte[32];

    public Database Database => database;

    public OutboxRegister Outbox { get; } = new(database.Source);

    public MailChoices Choices { get; } = new(database.Source);

    public WebhookRegister Webhooks { get; } = new(database.Source);

    public StaffRegister Staff { get; } = new(database.Source);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<OutboxCity> CreateAsync(SharedCluster cluster) => new(await cluster.NewRegisterAsync());

    /// <summary>Adds a person with roles, and with a confirmed address for the kinds, if there are any. Returns the id.</summary>
    public async Task<string> AddPersonAsync(string name, ImmutableArray<Role> roles, params OccasionKind[] kinds)
    {
        var member = new StaffMember(StaffMember.NewId(), $"{name}@sign-in.example", name, null, roles, false, true, 1);
        Assert.True(await Staff.AddAsync(member, null, new Attribution("operator"), Noon, Cancellation));
        if (kinds.Length == 0)
            return member.Id;
        await Choices.SetAddressAsync(member.Id, $"{name}@city.example", [.. kinds], Code, Noon, Cancellation);
        Assert.True(await Choices.ConfirmAsync(member.Id, Code, Noon, Cancellation));
        return member.Id;
    }

    public async Task<string> AddWebhookAsync(params OccasionKind[] kinds)
    {
        var id = "wh-" + StaffMember.NewId()[3..15];
        Assert.True(await Webhooks.AddAsync(new Webhook(id, "https://a.example/", [.. kinds], Noon, null, null), "secret", Cancellation));
        return id;
    }

    /// <summary>Records an act with its occasion in one transaction, which is committed or not.</summary>
    public Task<Outcome<string>> TellAsync(
        OccasionKind kind,
        string subject = "7",
        string? actor = null,
        string? only = null,
        string? once = null,
        bool isRefused = false
    ) =>
        LedgerTransaction.RunAsync<string>(
            database.Source,
            Noon,
            async ledger =>
            {
                await OutboxRows.AddAsync(ledger, kind, subject, new Attribution("editor", null, actor), only, once);
                return isRefused ? new Refusal(RefusalCodes.Invalid, "Refused.") : (Outcome<string>)"done";
            },
            Cancellation
        );

    /// <summary>The addresses that get a mail at a time.</summary>
    public async Task<string[]> AddressesAsync(DateTimeOffset? at = null, int most = 100) =>
        [.. (await ClaimMailAsync(at, most)).Select(mail => mail.Address).Order(StringComparer.Ordinal)];

    public Task<ImmutableArray<MailDelivery>> ClaimMailAsync(DateTimeOffset? at = null, int most = 100) =>
        Outbox.ClaimMailAsync(at ?? Later, most, Cancellation);

    public Task<ImmutableArray<WebhookDelivery>> ClaimWebhooksAsync(DateTimeOffset? at = null, int most = 100) =>
        Outbox.ClaimWebhooksAsync(at ?? Later, most, Cancellation);

    /// <summary>A minute after everything was recorded.</summary>
    public static DateTimeOffset Later => Noon.AddMinutes(1);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
