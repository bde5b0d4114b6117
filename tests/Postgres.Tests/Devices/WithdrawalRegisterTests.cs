using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>What a change of a device takes from a place, and who may confirm that it is gone.</summary>
public sealed class WithdrawalRegisterTests(SharedCluster cluster)
{
    private static readonly CaptureSet Audio = CaptureSet.From(Capture.Audio);
    private static readonly CaptureSet Both = CaptureSet.From(Capture.Video, Capture.Audio);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private sealed class Register(Database database)
    {
        private readonly DeviceRegister _devices = new(database.Source);

        public WithdrawalRegister Withdrawals { get; } = new(database.Source);

        public Attribution Clerk { get; private set; } = null!;

        public Attribution Inspector { get; private set; } = null!;

        public Attribution Program { get; private set; } = null!;

        public async Task<Register> WithStaffAsync()
        {
            Clerk = await AddAsync("clerk", Role.DeviceClerk, isProgram: false);
            Inspector = await AddAsync("inspector", Role.PostingInspector, isProgram: false);
            Program = await AddAsync("program", Role.DeviceClerk, isProgram: true);
            return this;
        }

        public async Task<Device> ChangeAsync(Func<Device, Device> change, Attribution? by = null)
        {
            var camera = (await _devices.FindAsync(SmallCity.Camera, Cancellation))!;
            var version = await _devices.VersionAsync(camera.Id, Cancellation);
            return (await _devices.ChangeAsync(change(camera), version!.Value, by ?? Clerk, "", SmallCity.Noon, Cancellation)).Value!;
        }

        public Task<Outcome<DeviceWithdrawals>> ConfirmAsync(Attribution by, string place = SmallCity.Lobby) =>
            Withdrawals.ConfirmAsync(SmallCity.Camera, place, by, "I looked.", SmallCity.Noon.AddHours(1), Cancellation);

        /// <summary>What is open at a place, and in which order it was withdrawn.</summary>
        public async Task<CaptureSet[]> OpenAsync(string place = SmallCity.Lobby) =>
            [
                .. (await Withdrawals.FromPlaceAsync(place, Cancellation)).SelectMany(device =>
                    device.Open.Select(withdrawal => withdrawal.Captures)
                ),
            ];

        public async Task<Attribution> AddAsync(string name, Role role, bool isProgram)
        {
            var member = new StaffMember(StaffMember.NewId(), name, name, "police", [role], isProgram, true, 1);
            Assert.True(
                await new StaffRegister(database.Source).AddAsync(member, null, new Attribution("operator"), SmallCity.Noon, Cancellation)
            );
            return new Attribution(Json.Word(role), "police", member.Id);
        }
    }

    [Fact]
    public async Task A_withdrawal_is_open_until_another_person_has_confirmed_it()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Sensors = [Capture.Video] });
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed }, register.Inspector);
        Assert.Equal([Audio, CaptureSet.From(Capture.Video)], await register.OpenAsync());

        Assert.Equal(RefusalCodes.OwnChange, Assert.Single((await register.ConfirmAsync(register.Clerk)).Refusals).Code);
        Assert.Equal(RefusalCodes.OwnChange, Assert.Single((await register.ConfirmAsync(register.Inspector)).Refusals).Code);
        Assert.Equal(RefusalCodes.OwnChange, Assert.Single((await register.ConfirmAsync(new Attribution("operator"))).Refusals).Code);
        Assert.Equal(RefusalCodes.NotAPerson, Assert.Single((await register.ConfirmAsync(register.Program)).Refusals).Code);
        Assert.Equal(RefusalCodes.NotFound, Assert.Single((await register.ConfirmAsync(register.Inspector, "gate")).Refusals).Code);

        var third = await register.AddAsync("third", Role.DeviceClerk, isProgram: false);
        Assert.Equal(SmallCity.Camera, Assert.Single(await register.Withdrawals.AwaitingAsync(Cancellation)).DeviceId);
        Assert.True((await register.ConfirmAsync(third)).IsDone);
        Assert.Empty(await register.OpenAsync());
        Assert.Empty(await register.Withdrawals.AwaitingAsync(Cancellation));
        Assert.NotNull(Assert.Single(await register.Withdrawals.OfDeviceAsync(SmallCity.Camera, Cancellation)).ConfirmedAt);
        Assert.Equal(RefusalCodes.WrongState, Assert.Single((await register.ConfirmAsync(third)).Refusals).Code);
    }

    [Fact]
    public async Task A_moved_camera_is_withdrawn_from_its_old_place_until_it_returns()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Place = "gate" });
        Assert.Equal([Both], await register.OpenAsync());
        Assert.Empty(await register.OpenAsync("gate"));

        await register.ChangeAsync(camera => camera with { Place = SmallCity.Lobby, Sensors = [Capture.Video] });
        Assert.Equal([Audio], await register.OpenAsync()); // The microphone did not return.
        Assert.Equal([Both], await register.OpenAsync("gate"));

        await register.ChangeAsync(camera => camera with { Sensors = [Capture.Video, Capture.Audio] });
        Assert.Empty(await register.OpenAsync());
        Assert.Equal("gate", Assert.Single(await register.Withdrawals.AwaitingAsync(Cancellation)).Place);
    }

    [Fact]
    public async Task A_struck_microphone_is_withdrawn_from_each_place_to_which_its_camera_moves()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Sensors = [Capture.Video] });
        await register.ChangeAsync(camera => camera with { Place = "gate" });
        Assert.Equal([Audio], await register.OpenAsync("gate"));

        Assert.True((await register.ConfirmAsync(register.Inspector)).IsDone); // At the lobby, where the camera is no more.
        Assert.Equal([Audio], await register.OpenAsync("gate"));
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed });
        Assert.True((await register.ConfirmAsync(register.Inspector, "gate")).IsDone);
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Active });
        Assert.Equal([Audio], await register.OpenAsync("gate")); // It came back, and its microphone may have come with it.

        Assert.True((await register.ConfirmAsync(register.Inspector, "gate")).IsDone);
        await register.ChangeAsync(camera => camera with { Place = SmallCity.Lobby });
        Assert.Empty(await register.OpenAsync());
    }

    [Fact]
    public async Task A_change_that_takes_nothing_awaits_no_confirmation()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Paused });
        await register.ChangeAsync(camera => camera with { Sensors = [Capture.Video, Capture.Audio, Capture.Faces] });
        Assert.Empty(await register.Withdrawals.OfDeviceAsync(SmallCity.Camera, Cancellation));
    }

    [Fact]
    public async Task The_ledger_states_what_a_change_takes_and_which_changes_a_person_confirmed()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed });
        await register.ConfirmAsync(register.Inspector);
        async Task<string?> Body(string kind, string member) =>
            await database.AskAsync<string>(
                """
                select convert_from(bytes, 'UTF8')::jsonb->'body'->>@member
                from registry.ledger_entry
                where kind = @kind
                order by index desc
                limit 1
                """,
                new { kind, member }
            );
        Assert.Equal("""{"place": "lobby", "captures": ["video", "audio"]}""", await Body(LedgerKinds.DeviceChanged, "withdraws"));
        var entry = await database.AskAsync<long>("select entry from registry.withdrawal");
        Assert.Equal($"[{entry}]", await Body(LedgerKinds.AbsenceConfirmed, "changes"));
        Assert.Equal("I looked.", await Body(LedgerKinds.AbsenceConfirmed, "reason"));
    }

    [Fact]
    public async Task The_database_itself_refuses_a_confirmation_by_the_same_person_or_a_program()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed });
        foreach (var staff in new[] { register.Clerk.Staff, register.Program.Staff })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                database.AskAsync<int>(
                    """
                    insert into registry.absence_confirmation (entry, device, place, at, staff)
                    select max(index), 'lobby-cam-1', 'lobby', now(), @staff from registry.ledger_entry;
                    update registry.withdrawal set ended_entry = (select max(entry) from registry.absence_confirmation)
                    """,
                    new { staff }
                )
            );
            Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        }
    }

    [Fact]
    public async Task A_removed_camera_that_knocked_after_its_confirmation_awaits_another_one()
    {
        await using var database = await cluster.NewCityAsync();
        var register = await new Register(database).WithStaffAsync();
        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed });
        var confirmed = (await register.ConfirmAsync(register.Inspector)).Value!.ConfirmedAt!.Value;
        await KnockAsync(database, confirmed.AddMinutes(-1));
        Assert.Empty(await register.Withdrawals.AwaitingAsync(Cancellation));

        await KnockAsync(database, confirmed.AddMinutes(1));
        var awaiting = Assert.Single(await register.Withdrawals.AwaitingAsync(Cancellation));
        Assert.Equal((0, confirmed.AddMinutes(1)), (awaiting.Open.Length, awaiting.KnocksAt));
        Assert.True((await register.ConfirmAsync(register.Clerk)).IsDone);
    }

    [Fact]
    public async Task A_removed_camera_is_recognised_by_the_credentials_that_ended_with_it()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, enrolment) = (await new Register(database).WithStaffAsync(), new EnrolmentRegisters(database.Source));
        byte[] first = [.. Enumerable.Repeat((byte)1, 32)],
            second = [.. Enumerable.Repeat((byte)2, 32)];
        foreach (var secret in new[] { first, second })
            await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, secret, register.Clerk, "", SmallCity.Noon, Cancellation);
        var active = (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!;
        Assert.Equal(second, Assert.Single(active.Credentials).Sha256);
        Assert.Empty(active.EndedCredentials);

        await register.ChangeAsync(camera => camera with { Lifecycle = Lifecycle.Removed });
        var removed = (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!;
        Assert.Empty(removed.Credentials);
        Assert.Equal([second, first], removed.EndedCredentials.Select(credential => credential.Sha256.ToArray()));
    }

    private static async Task KnockAsync(Database database, DateTimeOffset at)
    {
        using var register = new ObservationRegister(database.Source);
        await register.StartAsync(Cancellation);
        var owner = await register.TakeOverAsync(1, Cancellation);
        var knocked = new DeviceObservation(SmallCity.Camera, PresenceState.Unknown, null, 1, 1, default, Health.Ok, []) { KnocksAt = at };
        Assert.True(await register.AppendAsync(knocked, at, 1, owner, Cancellation));
        await register.StopAsync(Cancellation);
    }
}
