using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry staff …</c>: the people who may sign in, and their roles. Works while the server runs.</summary>
internal static class StaffCommands
{
    private const int MaxSignInLength = 254;

    private static readonly Argument<string> SignIn = new("sign-in") { Description = "What they sign in with." };

    private static readonly Option<bool> PasswordFromInput = new("--password-stdin")
    {
        Description =
            $"Read the password from the input, {Passwords.MinLength} to {Passwords.MaxLength} characters, instead of making one.",
    };

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Command Create() =>
        new("staff", "People and their roles.")
        {
            CreateAdd(),
            CreateList(),
            CreateRoles(),
            CreatePassword(),
            CreateActivate("deactivate", "Deactivate an account; its sessions and tokens end.", isActive: false),
            CreateActivate("activate", "Activate an account again.", isActive: true),
        };

    private static Command CreateAdd()
    {
        var signIn = new Argument<string>("sign-in") { Description = "What they sign in with, e.g. a mail address." };
        var name = new Option<string>("--name") { Description = "Their name, for staff pages." };
        var department = new Option<string?>("--department") { Description = "Id of their department." };
        var noPassword = new Option<bool>("--no-password") { Description = "They sign in by the city's identity provider only." };
        var command = new Command("add", "Add a staff account; prints its password once.")
        {
            signIn,
            name,
            department,
            StaffOptions.Roles,
            noPassword,
            PasswordFromInput,
            CommandOutput.AsJson,
        };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    register =>
                    {
                        var member = new StaffMember(
                            StaffMember.NewId(),
                            arguments.GetRequiredValue(signIn),
                            arguments.GetValue(name) ?? arguments.GetRequiredValue(signIn),
                            arguments.GetValue(department),
                            StaffOptions.ReadRoles(arguments),
                            IsProgram: false,
                            IsActive: true,
                            1
                        );
                        return AddAsync(register, member, arguments.GetValue(noPassword), arguments, cancellationToken);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> AddAsync(
        IStaffRegister register,
        StaffMember member,
        bool noPassword,
        ParseResult arguments,
        CancellationToken cancellationToken
    )
    {
        StaffOptions.MustFit("The sign-in", member.SignIn, MaxSignInLength);
        StaffOptions.MustFit("--name", member.Name, StaffOptions.MaxNameLength);
        if (noPassword && arguments.GetValue(PasswordFromInput))
            throw new UsageException("Both --no-password and --password-stdin are given: choose one.");
        var password = noPassword ? null : await ReadOrCreatePasswordAsync(arguments, cancellationToken);
        var hash = password is null ? null : Passwords.Hash(password);
        if (!await register.AddAsync(member, hash, RegisterAccess.Operator, Now, cancellationToken))
            return await CommandOutput.RefusedAsync(
                $"'{member.SignIn}' is registered already: 'registry staff roles' changes what they may do."
            );
        var shown = OnlyIfCreated(arguments, password);
        return CommandOutput.Done(
            new
            {
                id = member.Id,
                signIn = member.SignIn,
                password = shown,
                roles = member.Roles,
            },
            shown is null ? $"{member.SignIn} added." : $"{member.SignIn} {shown}",
            arguments.GetValue(CommandOutput.AsJson)
        );
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List every account and its roles.") { CommandOutput.AsJson };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    async register =>
                    {
                        var all = await register.AllAsync(cancellationToken);
                        var lines = string.Join('\n', all.Select(Line));
                        return CommandOutput.Done(all, lines, arguments.GetValue(CommandOutput.AsJson));
                    },
                    cancellationToken
                )
        );
        return command;

        static string Line(StaffMember member)
        {
            var roles = string.Join(",", member.Roles.Select(Json.Word));
            return $"{member.SignIn}\t{member.Name}\t{member.Department}\t{roles}{(member.IsActive ? "" : "\tnot active")}";
        }
    }

    private static Command CreateRoles() =>
        CreateForMember(
            "roles",
            "Give an account exactly these roles; its sessions end.",
            [StaffOptions.Roles],
            (register, member, arguments, cancellationToken) =>
                register.ChangeAsync(
                    member.Id,
                    StaffOptions.ReadRoles(arguments),
                    null,
                    null,
                    RegisterAccess.Operator,
                    Now,
                    cancellationToken
                )
        );

    private static Command CreateActivate(string name, string description, bool isActive) =>
        CreateForMember(
            name,
            description,
            [],
            (register, member, _, cancellationToken) =>
                register.ChangeAsync(member.Id, null, isActive, null, RegisterAccess.Operator, Now, cancellationToken)
        );

    private static Command CreatePassword() =>
        CreateForMember(
            "password",
            "Set a new password, print it once; the sessions of the account end.",
            [PasswordFromInput],
            async (register, member, arguments, cancellationToken) =>
            {
                var password = await ReadOrCreatePasswordAsync(arguments, cancellationToken);
                var isChanged = await register.ChangeAsync(
                    member.Id,
                    null,
                    null,
                    Passwords.Hash(password),
                    RegisterAccess.Operator,
                    Now,
                    cancellationToken
                );
                var shown = OnlyIfCreated(arguments, password);
                CommandOutput.Done(
                    new { signIn = member.SignIn, password = shown },
                    $"{member.SignIn} {shown}".TrimEnd(),
                    arguments.GetValue(CommandOutput.AsJson)
                );
                return isChanged;
            }
        );

    /// <summary>Creates a command that changes one member of staff.</summary>
    /// <param name="change">Returns false if the member no longer exists.</param>
    private static Command CreateForMember(
        string name,
        string description,
        Option[] options,
        Func<IStaffRegister, StaffMember, ParseResult, CancellationToken, Task<bool>> change
    )
    {
        var command = new Command(name, description) { SignIn, CommandOutput.AsJson };
        foreach (var option in options)
            command.Add(option);
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(
                    async register =>
                    {
                        var signIn = arguments.GetRequiredValue(SignIn);
                        return
                            await register.FindBySignInAsync(signIn, cancellationToken) is { } found
                            && await change(register, found.Member, arguments, cancellationToken)
                            ? 0
                            : await CommandOutput.RefusedAsync(
                                $"No account signs in with '{signIn}': 'registry staff list' shows all accounts."
                            );
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<string> ReadOrCreatePasswordAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!arguments.GetValue(PasswordFromInput))
            return Passwords.New();
        var password = await Console.In.ReadLineAsync(cancellationToken) ?? "";
        return password.Length is >= Passwords.MinLength and <= Passwords.MaxLength
            ? password
            : throw new UsageException(
                $"The password has {password.Length} characters: expected {Passwords.MinLength} to {Passwords.MaxLength}."
            );
    }

    /// <summary>Returns the password if it was created here, so that it can be shown; null if the user entered it.</summary>
    private static string? OnlyIfCreated(ParseResult arguments, string? password) =>
        arguments.GetValue(PasswordFromInput) ? null : password;

    private static Task<int> RunAsync(Func<IStaffRegister, Task<int>> command, CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(services => command(services.GetRequiredService<IStaffRegister>()), cancellationToken);
}
