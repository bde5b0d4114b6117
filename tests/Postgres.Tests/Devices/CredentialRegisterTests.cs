using System.Text;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Secrets and certificates of devices and gateways: hashes only, few at a time, and ended with their holder.</summary>
public sealed class CredentialRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Certificate { get; } = [.. Enumerable.Repeat((byte)7, 32)];

    [Fact]
    public async Task A_new_secret_ends_the_old_one_and_neither_is_stored()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        Assert.Empty((await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
        var (old, @new) = (DeviceSecret.New(), DeviceSecret.New());
        Assert.True(
            await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash(old), Clerk, "", SmallCity.Noon, Cancellation)
        );
        Assert.True(
            await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash(@new), Clerk, "", SmallCity.Noon, Cancellation)
        );

        var enrolled = (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!;
        Assert.Equal((1, SmallCity.Camera), (enrolled.Device!.Number, enrolled.Device.Id));
        var held = Assert.Single(enrolled.Credentials);
        Assert.True(DeviceSecret.Matches(Encoding.UTF8.GetBytes(@new), held.Sha256.AsSpan()));
        Assert.Equal(2, (await enrolment.Credentials.CredentialsAsync(SmallCity.Camera, Cancellation)).Length);
        Assert.Equal(2, await database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'credential-issued'"));
        Assert.False(
            await enrolment.Credentials.IssueSecretAsync(
                "never-registered",
                DeviceSecret.Hash("x"),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        );
        Assert.Null(await enrolment.Clients.FindAsync("never-registered", Cancellation));
    }

    /// <summary>
    /// The ledger contains the numbers of fixed devices' credentials: a gap would reveal how many mobile devices were given one meanwhile.
    /// </summary>
    [Fact]
    public async Task Credentials_are_numbered_for_each_holder_separately()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        foreach (var holder in new[] { SmallCity.Camera, SmallCity.Reader, SmallCity.Reader, SmallCity.Camera })
            await enrolment.Credentials.IssueSecretAsync(holder, DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.Credentials.IssueSecretsAsync(
            [(SmallCity.Reader, DeviceSecret.Hash("y")), (SmallCity.Camera, DeviceSecret.Hash("z"))],
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        foreach (var holder in new[] { SmallCity.Camera, SmallCity.Reader })
            Assert.Equal(
                [3, 2, 1],
                (await enrolment.Credentials.CredentialsAsync(holder, Cancellation)).Select(credential => credential.Number)
            );
    }

    [Fact]
    public async Task A_certificate_belongs_to_one_holder_and_can_be_ended()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        var registered = (
            await enrolment.Credentials.RegisterCertificateAsync(
                SmallCity.Camera,
                Certificate,
                SmallCity.Noon.AddDays(90),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        ).Value!;
        Assert.Equal(
            "taken",
            Assert
                .Single(
                    (
                        await enrolment.Credentials.RegisterCertificateAsync(
                            SmallCity.Reader,
                            Certificate,
                            SmallCity.Noon.AddDays(90),
                            Clerk,
                            "",
                            SmallCity.Noon,
                            Cancellation
                        )
                    ).Refusals
                )
                .Code
        );
        Assert.Equal(
            CredentialKind.Certificate,
            Assert.Single((await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials).Kind
        );
        Assert.False(await enrolment.Credentials.EndAsync(SmallCity.Reader, registered.Number, Clerk, "", SmallCity.Noon, Cancellation));
        Assert.True(
            await enrolment.Credentials.EndAsync(SmallCity.Camera, registered.Number, Clerk, "Lost.", SmallCity.Noon, Cancellation)
        );
        Assert.False(await enrolment.Credentials.EndAsync(SmallCity.Camera, registered.Number, Clerk, "", SmallCity.Noon, Cancellation));
        Assert.Empty((await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
    }

    [Fact]
    public async Task A_removed_holder_loses_every_credential_and_gets_none_back()
    {
        await using var database = await cluster.NewCityAsync();
        var (enrolment, devices) = (new EnrolmentRegisters(database.Source), new DeviceRegister(database.Source));
        await enrolment.Gateways.RegisterAsync(new Gateway("garage-recorder", "police", null), Clerk, "", SmallCity.Noon, Cancellation);
        foreach (var holder in new[] { SmallCity.Camera, "garage-recorder" })
            await enrolment.Credentials.IssueSecretAsync(holder, DeviceSecret.Hash(holder), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.Credentials.RegisterCertificateAsync(
            SmallCity.Camera,
            Certificate,
            SmallCity.Noon.AddDays(90),
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );

        await devices.ChangeAsync(
            SmallCity.Opening.Devices[0] with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await devices.ChangeAsync(SmallCity.Opening.Devices[0], 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Empty((await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
        Assert.All(
            await enrolment.Credentials.CredentialsAsync(SmallCity.Camera, Cancellation),
            credential => Assert.NotNull(credential.EndedAt)
        );
        await enrolment.Gateways.ChangeAsync(
            new Gateway("garage-recorder", "police", null, Removed: true),
            1,
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await enrolment.Gateways.ChangeAsync(new Gateway("garage-recorder", "police", null), 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Empty((await enrolment.Clients.FindAsync("garage-recorder", Cancellation))!.Credentials);
    }

    [Fact]
    public async Task A_holder_has_at_most_four_valid_certificates_with_their_expiry()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        Task<Domain.Outcome<Credential>> Register(byte first, int days, DateTimeOffset at) =>
            enrolment.Credentials.RegisterCertificateAsync(
                SmallCity.Camera,
                [first, .. Certificate[1..]],
                SmallCity.Noon.AddDays(days),
                Clerk,
                "",
                at,
                Cancellation
            );
        for (byte i = 0; i < ICredentialRegister.MaxCertificates; i++)
            Assert.True((await Register(i, 30 + i, SmallCity.Noon)).IsDone);
        Assert.Equal("too-many", Assert.Single((await Register(99, 90, SmallCity.Noon)).Refusals).Code);
        Assert.True((await Register(99, 90, SmallCity.Noon.AddDays(30))).IsDone); // The first has expired.
        Assert.Equal(
            SmallCity.Noon.AddDays(90),
            (await enrolment.Credentials.CredentialsAsync(SmallCity.Camera, Cancellation))[0].NotAfter
        );
    }
}
