using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary><c>registry staff …</c>: the people who may sign in, and their roles. Works while the server runs.</summary>
internal static class StaffCommands
{
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
            CreateSecondFactor(),
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
                RegisterAccess.RunAsync(
                    services =>
                    {
                        var member = new StaffMember(
                            StaffMember.NewId(),
                            SignInName.Normalize(arguments.GetRequiredValue(signIn)),
                            StaffName.Normalize(arguments.GetValue(name) ?? arguments.GetRequiredValue(signIn)),
                            arguments.GetValue(department),
                            StaffOptions.ReadRoles(arguments),
                            IsProgram: false,
                            IsActive: true,
                            1
                        );
                        return AddAsync(services, member, arguments.GetValue(noPassword), arguments, cancellationToken);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> AddAsync(
        IServiceProvider services,
        StaffMember member,
        bool noPassword,
        ParseResult arguments,
        CancellationToken cancellationToken
    )
    {
        StaffOptions.Must(SignInName.Check(member.SignIn));
        StaffOptions.Must(StaffName.Check(member.Name, "--name"));
        if (noPassword && arguments.GetValue(PasswordFromInput))
            throw new UsageException("Both --no-password and --password-stdin are given: choose one.");
        var password = noPassword ? null : await ReadOrCreatePasswordAsync(member, arguments, cancellationToken);
        var first = password is null ? null : StoredPassword.First(Passwords.Hash(password), Now);
        if (!await services.GetRequiredService<IStaffRegister>().AddAsync(member, first, RegisterAccess.Operator, Now, cancellationToken))
            return await CommandOutput.RefusedAsync(
                $"'{member.SignIn}' is registered already, or looks like a name that is: 'registry staff list' shows all accounts."
            );
        await RegisterAccess.RecordAsync(services, SecurityEventKind.AccountAdded, member.Id, token: null, cancellationToken);
        var shown = OnlyIfCreated(arguments, password);
        return CommandOutput.Done(
            new
            {
                id = member.Id,
                signIn = member.SignIn,
                password = shown,
                passwordValidUntil = first?.ValidUntil,
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
            SecurityEventKind.RolesChanged,
            "Give an account exactly these roles; its sessions end.",
            [StaffOptions.Roles],
            (services, member, arguments, cancellationToken) =>
                services
                    .GetRequiredService<IStaffRegister>()
                    .ChangeAsync(member.Id, StaffOptions.ReadRoles(arguments), null, RegisterAccess.Operator, Now, cancellationToken)
        );

    private static Command CreateActivate(string name, string description, bool isActive) =>
        CreateForMember(
            name,
            isActive ? SecurityEventKind.AccountActivated : SecurityEventKind.AccountDeactivated,
            description,
            [],
            (services, member, _, cancellationToken) =>
                services
                    .GetRequiredService<IStaffRegister>()
                    .ChangeAsync(member.Id, null, isActive, RegisterAccess.Operator, Now, cancellationToken)
        );

    private static Command CreatePassword() =>
        CreateForMember(
            "password",
            SecurityEventKind.FirstPasswordSet,
            "Set a new first password, print it once; the sessions of the account end. Its owner must change it within three days.",
            [PasswordFromInput],
            async (services, member, arguments, cancellationToken) =>
            {
                var password = await ReadOrCreatePasswordAsync(member, arguments, cancellationToken);
                var isChanged = await services
                    .GetRequiredService<IStaffCredentialRegister>()
                    .SetPasswordAsync(
                        member.Id,
                        StoredPassword.First(Passwords.Hash(password), Now),
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

    private static Command CreateSecondFactor() =>
        CreateForMember(
            "second-factor",
            SecurityEventKind.SecondFactorRemoved,
            "Remove a lost second factor of an account; its sessions end. The person adds a new one at the next sign-in.",
            [],
            (services, member, _, cancellationToken) =>
                services
                    .GetRequiredService<IStaffCredentialRegister>()
                    .RemoveSecondFactorAsync(member.Id, RegisterAccess.Operator, Now, cancellationToken)
        );

    /// <summary>Creates a command that changes one member of staff.</summary>
    /// <param name="change">Returns false if the member no longer exists.</param>
    private static Command CreateForMember(
        string name,
        SecurityEventKind kind,
        string description,
        Option[] options,
        Func<IServiceProvider, StaffMember, ParseResult, CancellationToken, Task<bool>> change
    )
    {
        var command = new Command(name, description) { SignIn, CommandOutput.AsJson };
        foreach (var option in options)
            command.Add(option);
        command.SetAction(
            (arguments, cancellationToken) =>
                RegisterAccess.RunAsync(
                    async services =>
                    {
                        var signIn = arguments.GetRequiredValue(SignIn);
                        var register = services.GetRequiredService<IStaffRegister>();
                        if (
                            await register.FindBySignInAsync(signIn, cancellationToken) is not { } found
                            || !await change(services, found.Member, arguments, cancellationToken)
                        )
                            return await CommandOutput.RefusedAsync(
                                $"No account signs in with '{signIn}': 'registry staff list' shows all accounts."
                            );
                        await RegisterAccess.RecordAsync(services, kind, found.Member.Id, token: null, cancellationToken);
                        return 0;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<string> ReadOrCreatePasswordAsync(
        StaffMember member,
        ParseResult arguments,
        CancellationToken cancellationToken
    )
    {
        if (!arguments.GetValue(PasswordFromInput))
            return Passwords.New();
        var password = await Console.In.ReadLineAsync(cancellationToken) ?? "";
        return PasswordPolicy.Check(password, [member.Name, member.SignIn]) is { } weak ? throw new UsageException(weak) : password;
    }

    /// <summary>Returns the password if it was created here, so that it can be shown; null if the user entered it.</summary>
    private static string? OnlyIfCreated(ParseResult arguments, string? password) =>
        arguments.GetValue(PasswordFromInput) ? null : password;

    private static Task<int> RunAsync(Func<IStaffRegister, Task<int>> command, CancellationToken cancellationToken) =>
        RegisterAccess.RunAsync(services => command(services.GetRequiredService<IStaffRegister>()), cancellationToken);
}
