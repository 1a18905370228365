import { signIn } from './auth';

export const Login = () => (
	<form action={data => void signIn(String(data.get('pin') ?? ''))} autoComplete="off">
		<input name="pin" type="password" inputMode="numeric" />
		<button type="submit">Sign in</button>
	</form>
);
