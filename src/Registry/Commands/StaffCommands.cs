using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry staff …</c> and <c>registry token …</c>: who may do what. They work while the server runs.</summary>
internal static class StaffCommands
{
    /// <summary>Whoever has the machine: the ledger says that the right was given from the command line.</summary>
    private static readonly Attribution Operator = new("operator");

    private const int MaxOfSignIn = 254,
        MaxOfName = 120;

    private static readonly Option<bool> FromInput = new("--password-stdin")
    {
        Description =
            $"Read the password from the input, {Passwords.MinLength} to {Passwords.MaxLength} characters, instead of making one.",
    };

    private static readonly Option<string[]> RoleWords = new("--role")
    {
        Description = "A role; may be given several times: " + string.Join(", ", Enum.GetValues<Role>().Select(Json.Word)) + ".",
    };

    public static Command Staff() =>
        new("staff", "People and their roles.")
        {
            Add(),
            List(),
            Roles(),
            Password(),
            Activate("deactivate", false),
            Activate("activate", true),
        };

    public static Command Token() => new("token", "Tokens of programs.") { CreateToken(), ListTokens(), RevokeToken() };

    private static Command Add()
    {
        var signIn = new Argument<string>("sign-in") { Description = "What they sign in with, e.g. a mail address." };
        var name = new Option<string>("--name") { Description = "Their name, for staff pages." };
        var department = new Option<string?>("--department") { Description = "Id of their department." };
        var noPassword = new Option<bool>("--no-password") { Description = "They sign in by the city's identity provider only." };
        var verb = new Command("add", "Add somebody; prints their password once.")
        {
            signIn,
            name,
            department,
            RoleWords,
            noPassword,
            FromInput,
            CommandOutput.AsJson,
        };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                    {
                        var member = new StaffMember(
                            StaffMember.NewId(),
                            command.GetRequiredValue(signIn),
                            command.GetValue(name) ?? command.GetRequiredValue(signIn),
                            command.GetValue(department),
                            Given(command),
                            IsProgram: false,
                            IsActive: true,
                            1
                        );
                        MustFit("The sign-in", member.SignIn, MaxOfSignIn);
                        MustFit("--name", member.Name, MaxOfName);
                        if (command.GetValue(noPassword) && command.GetValue(FromInput))
                            throw new UsageException("Both --no-password and --password-stdin are given: choose one.");
                        var password = command.GetValue(noPassword) ? null : await PasswordAsync(command, cancellationToken);
                        if (
                            !await register.AddAsync(
                                member,
                                password is null ? null : Passwords.Hash(password),
                                Operator,
                                Now,
                                cancellationToken
                            )
                        )
                            return await Wrong(
                                $"'{member.SignIn}' is registered already: 'registry staff roles' changes what they may do."
                            );
                        Print(
                            command,
                            new
                            {
                                id = member.Id,
                                signIn = member.SignIn,
                                password = Shown(command, password),
                                roles = member.Roles,
                            },
                            Shown(command, password) is null ? $"{member.SignIn} added." : $"{member.SignIn} {password}"
                        );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return verb;
    }

    private static Command List()
    {
        var verb = new Command("list", "Everybody and what they may do.") { CommandOutput.AsJson };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                    {
                        var all = await register.AllAsync(cancellationToken);
                        Print(
                            command,
                            all,
                            string.Join(
                                '\n',
                                all.Select(one =>
                                    $"{one.SignIn}\t{one.Name}\t{one.Department}\t{string.Join(",", one.Roles.Select(Json.Word))}{(one.IsActive ? "" : "\tnot active")}"
                                )
                            )
                        );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return verb;
    }

    private static Command Roles() =>
        OfMember(
            "roles",
            "Give somebody exactly these roles; their sessions end.",
            [RoleWords],
            (register, member, command, cancellationToken) =>
                register.ChangeAsync(member.Id, Given(command), null, null, Operator, Now, cancellationToken)
        );

    private static Command Activate(string word, bool isActive) =>
        OfMember(
            word,
            isActive ? "Let somebody in again." : "Let somebody in no more; their sessions and tokens end.",
            [],
            (register, member, _, cancellationToken) =>
                register.ChangeAsync(member.Id, null, isActive, null, Operator, Now, cancellationToken)
        );

    private static Command Password()
    {
        return OfMember(
            "password",
            "A new password, printed once; their sessions end.",
            [FromInput],
            async (register, member, command, cancellationToken) =>
            {
                var password = await PasswordAsync(command, cancellationToken);
                var done = await register.ChangeAsync(member.Id, null, null, Passwords.Hash(password), Operator, Now, cancellationToken);
                Print(
                    command,
                    new { signIn = member.SignIn, password = Shown(command, password) },
                    $"{member.SignIn} {Shown(command, password)}".TrimEnd()
                );
                return done;
            }
        );
    }

    private static Command OfMember(
        string word,
        string what,
        Option[] options,
        Func<IStaffRegister, StaffMember, ParseResult, CancellationToken, Task<bool>> act
    )
    {
        var signIn = new Argument<string>("sign-in") { Description = "What they sign in with." };
        var verb = new Command(word, what) { signIn, CommandOutput.AsJson };
        foreach (var option in options)
            verb.Add(option);
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                        await register.FindBySignInAsync(command.GetRequiredValue(signIn), cancellationToken) is { } found
                        && await act(register, found.Member, command, cancellationToken)
                            ? 0
                            : await Wrong(
                                $"Nobody signs in with '{command.GetRequiredValue(signIn)}': 'registry staff list' shows who does."
                            ),
                    cancellationToken
                )
        );
        return verb;
    }

    private static Command CreateToken()
    {
        const int LongestDays = 366;
        var owner = new Option<string?>("--for")
        {
            Description = "Sign-in of whom the token acts for; without it, the token acts for itself.",
        };
        var label = new Option<string>("--label") { Description = "What it is for.", DefaultValueFactory = _ => "token" };
        var days = new Option<int>("--days")
        {
            Description = $"How long it holds, 1 to {LongestDays} days.",
            DefaultValueFactory = _ => 90,
        };
        var verb = new Command("create", "A new token, shown once.") { RoleWords, owner, label, days, CommandOutput.AsJson };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                    {
                        var roles = Given(command);
                        MustFit("--label", command.GetValue(label)!, MaxOfName);
                        if (command.GetValue(days) is < 1 or > LongestDays)
                            throw new UsageException($"--days is {command.GetValue(days)}: expected 1 to {LongestDays}.");
                        StaffMember member;
                        if (command.GetValue(owner) is { } signIn)
                        {
                            if (await register.FindBySignInAsync(signIn, cancellationToken) is not { } found)
                                return await Wrong($"Nobody signs in with '{signIn}': 'registry staff list' shows who does.");
                            member = found.Member;
                            if (roles.Except(member.Roles).ToArray() is { Length: > 0 } more)
                                return await Wrong(
                                    $"'{signIn}' is not {string.Join(", ", more.Select(Json.Word))}: a token never does more than its owner may."
                                );
                        }
                        else
                        {
                            var id = StaffMember.NewId();
                            member = new StaffMember(
                                id,
                                $"program-{id}",
                                command.GetValue(label)!,
                                null,
                                roles,
                                IsProgram: true,
                                IsActive: true,
                                1
                            );
                            await register.AddAsync(member, null, Operator, Now, cancellationToken);
                        }

                        var token = ApiToken.New();
                        var expiresAt = Now.AddDays(command.GetValue(days));
                        var number = await register.AddTokenAsync(
                            new TokenGrant(0, member.Id, roles, command.GetValue(label)!, Now, expiresAt, null),
                            ApiToken.Hash(token),
                            Operator,
                            Now,
                            cancellationToken
                        );
                        Print(
                            command,
                            new
                            {
                                token,
                                id = number,
                                staff = member.Id,
                                roles,
                                expiresAt,
                            },
                            token
                        );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return verb;
    }

    private static Command ListTokens()
    {
        var verb = new Command("list", "Every token; never the secret itself.") { CommandOutput.AsJson };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                    {
                        var all = await register.TokensAsync(cancellationToken);
                        Print(
                            command,
                            all,
                            string.Join(
                                '\n',
                                all.Select(one =>
                                    $"{one.Id}\t{one.Label}\t{string.Join(",", one.Roles.Select(Json.Word))}\t{one.ExpiresAt:u}{(one.RevokedAt is null ? "" : "\trevoked")}"
                                )
                            )
                        );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return verb;
    }

    private static Command RevokeToken()
    {
        var id = new Argument<long>("id") { Description = "Number of the token." };
        var verb = new Command("revoke", "Take a token back at once.") { id };
        verb.SetAction(
            (command, cancellationToken) =>
                WithRegister(
                    async register =>
                        await register.RevokeTokenAsync(command.GetRequiredValue(id), Operator, Now, cancellationToken)
                            ? 0
                            : await Wrong($"There is no token {command.GetRequiredValue(id)} that holds."),
                    cancellationToken
                )
        );
        return verb;
    }

    private static async Task<string> PasswordAsync(ParseResult command, CancellationToken cancellationToken)
    {
        if (!command.GetValue(FromInput))
            return Passwords.New();
        var password = await Console.In.ReadLineAsync(cancellationToken) ?? "";
        return password.Length is >= Passwords.MinLength and <= Passwords.MaxLength
            ? password
            : throw new UsageException(
                $"The password has {password.Length} characters: expected {Passwords.MinLength} to {Passwords.MaxLength}."
            );
    }

    /// <summary>What was made here is shown once; what came by the input is known to whoever sent it.</summary>
    private static string? Shown(ParseResult command, string? password) => command.GetValue(FromInput) ? null : password;

    private static void MustFit(string what, string text, int most)
    {
        if (text.Trim().Length == 0 || text.Length > most)
            throw new UsageException($"{what} has {text.Trim().Length} characters: expected 1 to {most}.");
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static ImmutableArray<Role> Given(ParseResult command)
    {
        var words = command.GetValue(RoleWords) ?? [];
        if (words.Length == 0)
            throw new UsageException(
                "No role is given: --role is one of " + string.Join(", ", Enum.GetValues<Role>().Select(Json.Word)) + "."
            );
        return
        [
            .. words.Select(word =>
                Json.TryWord<Role>(word, out var role)
                    ? role
                    : throw new UsageException(
                        $"'{word}' is no role: expected one of {string.Join(", ", Enum.GetValues<Role>().Select(Json.Word))}."
                    )
            ),
        ];
    }

    private static void Print(ParseResult command, object value, string text) =>
        Console.Out.WriteLine(command.GetValue(CommandOutput.AsJson) ? JsonSerializer.Serialize(value, Json.Options) : text);

    private static async Task<int> Wrong(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return 1;
    }

    private static async Task<int> WithRegister(Func<IStaffRegister, Task<int>> act, CancellationToken cancellationToken)
    {
        using var logs = LoggingSetup.Create();
        await using var database = await Database.JoinAsync(Settings.Read([]), logs, cancellationToken);
        await using var services = new ServiceCollection().AddPostgres(database.ConnectionString).BuildServiceProvider();
        return await act(services.GetRequiredService<IStaffRegister>());
    }
}
