using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Acts on mobile devices: outside the public ledger, for readers whose reading is recorded.</summary>
public sealed class MobileActTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private const string Reason = "Of patrol-reader-77, which was lost.";

    private static readonly DateTimeOffset ActedAt = SmallCity.Noon.AddMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Acts =>
        [
            "device-registered",
            "device-changed",
            "moved",
            "moved-to-a-department",
            "removed",
            "device-clock-reset",
            "credential-issued",
            "credentials-issued",
            "certificate",
            "credential-ended",
            "claim-made",
            "claim-used",
        ];

    [Theory, MemberData(nameof(Acts))]
    public async Task An_act_on_a_mobile_device_is_recorded_outside_the_ledger(string act)
    {
        await using var database = await cluster.NewCityAsync();
        var (register, enrolment) = (new DeviceRegister(database.Source), new EnrolmentRegisters(database.Source));
        await register.ImportAsync(
            [],
            [Mobile("patrol-reader-77"), Mobile("night-reader-1") with { Fleet = "night" }],
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await enrolment.Credentials.IssueSecretAsync("patrol-reader-77", DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.Claims.CreateClaimAsync(
            "patrol-reader-77",
            ClaimCode.Hash("y"),
            SmallCity.Noon.AddDays(1),
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        var before = await LedgerAsync(database);

        var acted = await ActAsync(act, register, enrolment);

        Assert.Equal(before, await LedgerAsync(database));
        var recorded = (await register.ActsAsync(acted, null, 1, Cancellation)).Single();
        Assert.Equal(ActedAt, recorded.At);
        Assert.Equal(act == "claim-used" ? Attribution.Registry : Clerk, recorded.By);
        Assert.Equal(
            act switch
            {
                "moved" or "removed" or "moved-to-a-department" => "device-changed",
                "certificate" or "credentials-issued" => "credential-issued",
                _ => act,
            },
            recorded.Act
        );
        Assert.Equal(act != "claim-used", recorded.Body.Contains(Reason, StringComparison.Ordinal));
        Assert.Equal((act == "moved" ? "night" : "patrol", act == "removed"), (recorded.Fleet, recorded.Lifecycle == Lifecycle.Removed));
    }

    /// <summary>Performs an act on a reader of the patrol; returns the reader's id.</summary>
    private static async Task<string> ActAsync(string act, DeviceRegister register, EnrolmentRegisters enrolment)
    {
        var device = Mobile("patrol-reader-77");
        switch (act)
        {
            case "device-registered":
                device = Mobile("patrol-reader-78");
                Assert.True((await register.RegisterAsync(device, Clerk, Reason, ActedAt, Cancellation)).IsDone);
                break;
            case "device-changed":
                await ChangeAsync(device with { Lifecycle = Lifecycle.Paused });
                break;
            case "moved":
                await ChangeAsync(device with { Fleet = "night" });
                break;
            case "moved-to-a-department":
                await ChangeAsync(device with { Department = "parking" });
                break;
            case "removed":
                await ChangeAsync(device with { Lifecycle = Lifecycle.Removed });
                break;
            case "device-clock-reset":
                await register.ForgetEpochAsync(device.Id, Clerk, Reason, ActedAt, Cancellation);
                break;
            default:
                await ActOnCredentialsAsync(act, device.Id, enrolment);
                break;
        }

        return device.Id;

        async Task ChangeAsync(Device after) =>
            Assert.True((await register.ChangeAsync(after, 1, Clerk, Reason, ActedAt, Cancellation)).IsDone);
    }

    private static Task ActOnCredentialsAsync(string act, string id, EnrolmentRegisters enrolment)
    {
        var (credentials, claims, secret) = (enrolment.Credentials, enrolment.Claims, DeviceSecret.Hash("z"));
        return act switch
        {
            "credential-issued" => credentials.IssueSecretAsync(id, secret, Clerk, Reason, ActedAt, Cancellation),
            "credentials-issued" => credentials.IssueSecretsAsync([(id, secret)], Clerk, Reason, ActedAt, Cancellation),
            "certificate" => credentials.RegisterCertificateAsync(
                id,
                new byte[32],
                SmallCity.Noon.AddDays(90),
                Clerk,
                Reason,
                ActedAt,
                Cancellation
            ),
            "credential-ended" => credentials.EndAsync(id, 1, Clerk, Reason, ActedAt, Cancellation),
            "claim-made" => claims.CreateClaimAsync(
                id,
                ClaimCode.Hash("z"),
                SmallCity.Noon.AddDays(1),
                Clerk,
                Reason,
                ActedAt,
                Cancellation
            ),
            _ => claims.ClaimAsync(ClaimCode.Hash("y"), secret, ActedAt, Cancellation),
        };
    }

    [Fact]
    public async Task The_service_role_cannot_change_or_delete_acts_on_mobile_devices()
    {
        await using var database = await cluster.NewCityAsync();
        foreach (
            var change in new[]
            {
                "update registry.mobile_act set at = at + interval '1 hour'",
                "delete from registry.mobile_act",
                "update registry.fleet set technology = 'alpr'",
                "delete from registry.dropped_heartbeats",
            }
        )
            Assert.Equal(
                Npgsql.PostgresErrorCodes.InsufficientPrivilege,
                (
                    await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
                        await database.Source.CreateCommand(change).ExecuteNonQueryAsync(Cancellation)
                    )
                ).SqlState
            );
        Assert.Single(await new DeviceRegister(database.Source).ActsAsync(SmallCity.Reader, null, 10, Cancellation));
    }

    [Fact]
    public async Task Acts_on_a_mobile_device_are_listed_in_pages_with_the_newest_first()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        for (var version = 1; version <= 4; version++)
            await register.ChangeAsync(
                SmallCity.Opening.Devices[1],
                version,
                Clerk,
                $"Number {version}.",
                SmallCity.Noon.AddMinutes(version),
                Cancellation
            );
        var newest = await register.ActsAsync(SmallCity.Reader, null, 2, Cancellation);
        Assert.Equal(["Number 4.", "Number 3."], newest.Select(ReasonOf));
        Assert.Equal(
            ["Number 2.", "Number 1.", null],
            (await register.ActsAsync(SmallCity.Reader, newest[^1].Number, 10, Cancellation)).Select(ReasonOf)
        );

        static string? ReasonOf(MobileAct act) => System.Text.Json.Nodes.JsonNode.Parse(act.Body)!["reason"]?.GetValue<string>();
    }

    [Fact]
    public async Task Reads_of_single_mobile_devices_are_recorded_and_cannot_be_deleted()
    {
        await using var database = await cluster.NewCityAsync();
        IMobileReadAudit readings = new MobileReadAudit(database.Source);
        await readings.RecordAsync("st-1", SmallCity.Reader, "state", SmallCity.Noon, Cancellation);
        await readings.RecordAsync("st-2", [SmallCity.Reader, "patrol-reader-2"], "list", SmallCity.Noon, Cancellation);
        Assert.Equal(
            "st-1 state,st-2 list",
            await database.AskAsync<string>(
                "select string_agg(reader || ' ' || what, ',' order by id) from registry.reading where device = @Reader",
                new { SmallCity.Reader }
            )
        );
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
            await database.Source.CreateCommand("delete from registry.reading").ExecuteNonQueryAsync(Cancellation)
        );
    }

    private static Device Mobile(string id) => Device.Of(id, "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active);

    /// <summary>The entries of the ledger, and its head.</summary>
    private static Task<string?> LedgerAsync(Database database) =>
        database.AskAsync<string>(
            """
            select (select string_agg(encode(bytes, 'hex'), ',' order by index) from registry.ledger_entry)
                || (select row_to_json(head)::text from registry.ledger_head head)
            """
        );
}
